"""What a command answers, in the format that was asked for; each format is imported when it is."""
