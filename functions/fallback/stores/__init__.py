"""The stores that keep windows: SQLite and Firestore."""
