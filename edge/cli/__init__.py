"""The command line: what works by itself (`local`), and what asks the running daemon (`remote`)."""
