"""Fair use: how many messages each visitor may send, shared by all instances."""
