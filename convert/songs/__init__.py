"""Songs to moods by how they sound: table -> mixture -> a mood and a probability for each."""
