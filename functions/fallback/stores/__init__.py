"""One file for each outside thing: Gemini, SQLite, Firestore, the system clock."""
