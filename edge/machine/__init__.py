"""What this machine is and how it fares: the id it has, its clock, its heat, its network."""
