"""The HTTP formats of Nexus, in and out; the OpenAI Chat Completions format for chats."""
