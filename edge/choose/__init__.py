"""From a mood to what to play: pure."""
