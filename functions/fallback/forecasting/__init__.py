"""When today's quotas will end, as the whole fleet counts its chats and calls."""
