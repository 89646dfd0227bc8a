"""How the daemon begins, what its loop takes next, and who watches that it turns."""
