"""What runs in the eyes: cameras, face detection, the emotion model, and the loop between them."""
