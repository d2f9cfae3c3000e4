"""The stores that keep visitors: SQLite and Firestore."""
