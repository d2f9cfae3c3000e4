"""Who may send how much: pure, on the standard library; `now` and all randomness are arguments."""
