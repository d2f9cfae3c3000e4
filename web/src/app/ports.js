/** What the conversations of a visitor need of the browser. */

/**
 * @typedef {object} Ports
 * @property {import("../edge/conversation_storage.js").ConversationStorage} storage
 * @property {import("../edge/tabs.js").Tabs} tabs
 * @property {{ read: (key: string) => string, write: (key: string, words: string) => void }} drafts
 * @property {() => string} newId
 * @property {() => Promise<import("./attachments.js").Attachments | null>} [attachments]  what reads attached files; null where it cannot be fetched
 * @property {() => number} [now]
 */

export {};
