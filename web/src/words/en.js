/**
 * Every sentence that a visitor can read or hear, in English. Those with a `{slot}` are completed by `filled`.
 *
 * Plain words: what happened first, then what to do. Whoever adds one reads it aloud.
 */

export const LANGUAGE = "en";

export const NAME = "Nexus";
export const ANSWERER = "Nexus Core";
export const DESCRIPTION = "A chat that always finds a model to answer.";

// Before the page is there, or where it cannot be

export const LOADING = "The chat is still loading. If nothing happens in a few seconds, check your connection and reload the page.";
export const NO_SCRIPT = "This chat needs JavaScript. Allow it for this site, then reload the page.";
export const RELOAD = "Reload";
/** In place of a part of the page that comes when it is first used. */
export const NOT_LOADED = "This part of the page did not load. Check your connection, then reload the page.";
export const FRAMED = "Another site is showing this chat inside its own page, so it is switched off here.";
export const OPEN_ALONE = "Open the chat in its own tab";

// Header and settings

export const SKIP = "Skip to the message box";
export const NEW_CHAT = "New chat";
export const SETTINGS = "Settings";
export const THEME = "Theme";
export const THEME_NAMES = { system: "System", light: "Light", dark: "Dark" };
export const SHORTCUTS_TITLE = "Keyboard shortcuts";
export const SHORTCUT_NAMES = {
  send: "Send the message",
  newLine: "Start a new line",
  stop: "Stop the answer",
  newChat: "Start a new chat",
  focusMessage: "Go to the message box",
  latest: "Jump to the latest message",
  help: "Show these shortcuts",
};
export const OR = "or";
export const SINGLE_KEYS = "Use the single keys {slash} and {question}";
export const CLOSE = "Close";

// The empty page

export const WELCOME = "What is on your mind?";
export const WELCOME_TEXT = "Ask anything, or paste some text to work on.";
export const PROMPTS = [
  "Explain how a rainbow forms, as if I were ten",
  "Plan three dinners for a busy week",
  "Help me write a kind but firm email",
  "Compare three ways to learn a language",
];
export const NOT_HERE =
  "This conversation is not in this browser. It was either deleted or written in another browser. To bring it here, export it there and import the file here.";

/** Unless the operator says it in other words. */
export const NOTICE = "An AI answers here. It can be wrong. Messages are processed by Google.";
export const LINKS = /** @type {Record<string, string>} */ ({ privacy: "Privacy", terms: "Terms", imprint: "Imprint" });

// Writing

export const MESSAGE = "Message";
export const WRITE_HERE = "Write a message";
export const UNAVAILABLE = "Unavailable";
export const ATTACH = "Attach text files";
export const SEND = "Send";
export const STOP = "Stop";

// Questions

export const YOU = "You";
export const EDIT = "Edit";
export const EDITED_WORDS = "Your words";
export const EDIT_STARTS_VERSION = "This starts a new version. What is below stays with this one.";
export const SAVE = "Save";
export const ASK_AGAIN = "Ask again";
export const CANCEL = "Cancel";
export const WAITING = "Waiting.";
/** What keeps a message waiting. */
export const WAITING_FOR = /** @type {Record<string, string>} */ ({
  another: "Will be sent automatically after the message before it.",
  offline: "Will be sent automatically when you are back online.",
  down: "Will be sent automatically when the service is back.",
  line: "Will be sent automatically when it is your turn.",
  visitor_rate_limited: "You have sent many messages in a short time. This one will be sent automatically.",
  device_failed: "This device could not answer. Will be sent automatically when the service is back.",
  device_too_long: "This is too long for this device. Will be sent automatically when the service is back.",
});
export const WAITING_ANYHOW = "Will be sent automatically.";
export const WAITING_UNTIL = "At {time}, in {countdown}.";
export const NOTIFY_ME = "Notify me";
export const CANCEL_RESTORES = "Cancel restores what was here before.";

// Answers

export const CONVERSATION = "Conversation";
export const LATEST = "Jump to the latest message";
export const PROCESSING = "Processing…";
export const ABOUT_MODEL = "About the model";
export const ANSWERED_BY = "Answered by {model}";
export const CHANGED_MODEL = "Started by {first}, finished by {last}";
export const CONTINUE = "Continue";
export const RETRY = "Retry";
export const TRY_AGAIN = "Try again";
export const STOPPED = "Stopped.";
export const TEXT_KEPT = "The text so far is kept.";
export const INTERRUPTED = "Interrupted.";
export const NOT_REPLACED = "No better answer.";
export const CONTINUES = "It will continue automatically.";
export const NO_ANSWER = "No answer.";
export const TRY_AT = "Try again at {time}, in {countdown}.";
export const REFERENCE = "Reference: {id}";
export const KEPT_BEFORE = "What was here before is kept.";
export const RESTORE = "Bring it back";
/** Of answers that are complete but not whole, by their finish reason. */
export const FINISH_NOTES = /** @type {Record<string, string>} */ ({
  length: "The answer has reached its maximum length.",
  content_filter: "A content filter stopped the answer here.",
});
export const BLOCKED = "A content filter blocked this question, so there is no answer. Try other words.";
export const REPHRASE = "Rephrase the question";

/** What happened, and what the visitor can do; by the code of the failure. */
export const FAILURES = /** @type {Record<string, { what: string, next: string }>} */ ({
  answer_interrupted: { what: "The model stopped before it had finished.", next: "Try again." },
  deadline_exceeded: { what: "The answer took too long.", next: "Try again, or ask a shorter question." },
  device_failed: { what: "The model on this device stopped.", next: "You can try again when the service is back." },
  device_interrupted: { what: "The page was closed before this device had finished.", next: "You can try again when the service is back." },
  empty_reply: { what: "The answer was empty.", next: "Try again, or rephrase the question." },
  idle_timeout: { what: "The answer stopped arriving.", next: "Try again." },
  internal_error: { what: "Something went wrong on our side.", next: "Try again in a moment." },
  interrupted: { what: "The connection was lost before the answer was complete.", next: "Try again." },
  models_exhausted: { what: "All models have reached their limits.", next: "Your message is saved. Try again when the service is back." },
  models_unavailable: { what: "No model is answering right now.", next: "Your message is saved." },
  network: { what: "The service could not be reached.", next: "Check your connection and try again." },
  offline: { what: "You are offline.", next: "Check your connection and try again." },
  outdated_page: { what: "This page no longer matches the service.", next: "Reload it and try again." },
  request_too_large: { what: "This is more text than the service can take at once.", next: "Shorten your message, or start a new chat." },
  service_misconfigured: { what: "Something is wrong on our side.", next: "Please try again later." },
  unavailable: { what: "The service is not available right now.", next: "Try again in a moment." },
  unconfirmed: { what: "The page was closed before the service had confirmed this message.", next: "It may have been sent." },
  unexpected_reply: { what: "The service sent something that this page cannot read.", next: "Try again in a moment." },
  visitor_rate_limited: { what: "You have sent many messages in a short time.", next: "Wait a little, then try again." },
});

// Versions of a question, and of the answer to the same words

export const QUESTION_VERSIONS = "Versions of your message";
export const ANSWER_VERSIONS = "Versions of the answer";
export const PREVIOUS_VERSION = "Previous version";
export const NEXT_VERSION = "Next version";
export const VERSION_OF = "{position} of {count}";
export const VERSION_OPENED = "Version {position} of {count}.";

// The service as a whole

export const SERVICE_STATUS = "Service status";
export const DOWN = "Temporarily unavailable.";
export const DOWN_KEPT = "Waiting messages are saved and will be sent automatically.";
export const EXPECTED_BACK = "Expected back {when}, in {countdown}.";
export const TRIED_BEFORE = "We will keep trying until then.";
export const TRYING_IN = "Trying again in {countdown}.";
export const CHECKING = "Checking again every 30 seconds.";

// Answers from the model that the visitor's browser has, while the service has none

export const THIS_DEVICE = "this device";
export const FROM_DEVICE = "From this device";
export const DEVICE_OFFER =
  "Your browser has a small language model of its own. It can answer on this device, in {languages}. Nothing is sent, but expect more mistakes.";
export const DEVICE_DOWNLOAD = /** @type {Record<string, string>} */ ({
  downloadable: "It is downloaded first, which can be several gigabytes.",
  downloading: "Your browser is already downloading it.",
});
export const DEVICE_START = "Answer on this device";
export const DEVICE_DOWNLOAD_AND_START = "Download and answer on this device";
export const DEVICE_DOWNLOADED = "Downloading the model: {share}";
export const DEVICE_STARTING = "Starting the model…";
export const DEVICE_NOT_STARTED = "The model on this device did not start.";
export const DEVICE_IS_ON = "This device answers until the service is back.";
export const DEVICE_END = "Turn off";
/** Read by the model, not by visitors. */
export const DEVICE_INSTRUCTION =
  "You are a helpful assistant. Answer in the language of the question, in Markdown, and briefly. Say so when you do not know something.";

export const OFFLINE = "You are offline. Your conversations are still here, but answers need a connection.";
export const SERVICE_NOTES = /** @type {Record<string, string>} */ ({
  unknown: "We cannot check the service right now. You can still send messages.",
  misconfigured: "Something is wrong on our side. Please try again later.",
});
export const NOT_STORED =
  "This browser is not saving your conversations, or has no room for more. New messages last until you close the page. You can still chat.";
export const OK = "OK";

// Conversations

export const CONVERSATIONS = "Conversations";
export const SEARCH = "Search";
export const SEARCH_CONVERSATIONS = "Search conversations";
export const NOTHING_FOUND = "Nothing found.";
export const NO_CONVERSATIONS = "Your conversations will appear here. They stay in this browser.";
export const UNTITLED = "Untitled";
export const HAS_WAITING = "Waiting";
export const RENAME = "Rename";
export const TITLE = "Title";
export const DELETE = "Delete";
export const DELETED = "Deleted: {title}";
export const UNDO = "Undo";

// Files

export const EXPORT_AND_IMPORT = "Export and import";
export const EXPORT_ONE_MARKDOWN = "Export this one as Markdown";
export const EXPORT_ONE_JSON = "Export this one as JSON";
export const EXPORT_ALL_MARKDOWN = "Export all as Markdown";
export const EXPORT_ALL_JSON = "Export all as JSON";
export const IMPORT = "Import JSON or Markdown";
export const IMPORTED_FILE = "File to import";
export const IMPORTED = "Imported: {added}.";
export const ALREADY_HERE = "Already here: {known}.";
export const IMPORT_PROBLEMS = /** @type {Record<string, string>} */ ({
  too_large: "This file is too large. The limit is 20 MB.",
  not_ours: "This is not a Nexus file. Choose a JSON or Markdown file that was exported from Nexus.",
  other_version: "This file was exported by another version of Nexus and cannot be imported.",
  damaged: "This file is damaged. Nothing was imported.",
  damaged_conversation: "Conversation {position} in this file is damaged. Nothing was imported.",
  twice: "This file contains a conversation twice. Nothing was imported.",
});
/** In exported Markdown. */
export const FILE_WORDS = {
  you: YOU,
  youInVersion: "You (in another version)",
  answerer: ANSWERER,
  untitled: UNTITLED,
  noAnswer: "*No answer.*",
  endings: /** @type {Record<string, string>} */ ({
    done: "",
    stopped: "*Stopped: this answer is not complete.*",
    failed: "*Interrupted: this answer is not complete.*",
  }),
};

// Text

export const SHOW_MORE = "Show more";
export const SHOW_LESS = "Show less";
export const TASK_DONE = "Done";
export const TASK_OPEN = "To do";
export const TABLE = "Table";
export const FORMULA = "Formula";
export const CODE = "Code";
export const CODE_IN = "Code, {language}";
export const COPY = "Copy";
export const COPY_ANSWER = "Copy answer";
export const COPIED = "Copied";
export const NOT_COPIED = "Not copied";

// Time

export const ABOUT = "about {amount}";
export const A_MOMENT = "a moment";
export const AT_TIME = "at {time}";
export const DAY_AT_TIME = "{day} at {time}";
export const ON_DATE_AT_TIME = "on {date} at {time}";

// What screen readers say when something has happened

export const SENT = "Sent. Waiting for the answer.";
/** When an answer is over. Starts and ends only: the text itself is in the transcript. */
export const ENDINGS = /** @type {Record<string, string>} */ ({
  done: "Answer complete.",
  queued: "Your message is waiting and will be sent automatically.",
  stopped: "You stopped the answer.",
  failed: "There is a problem with the answer. See the conversation for details.",
});
/** Also where nobody sees the page: in its title, and in a notification. */
export const ANSWER_READY_TITLE = "Answer ready";
export const ANSWER_READY = "Your answer is ready.";
/** After “Notify me”, by what the browser or the visitor has decided. */
export const NOTIFICATIONS = /** @type {Record<string, string>} */ ({
  granted: "You will be notified when an answer is ready while you are away from this page.",
  denied: "Notifications are not allowed. You can change this in the settings of your browser.",
});
export const CHAT_STARTED = "New chat.";
export const CAN_SEND_AGAIN = "You can send messages again.";
export const VERSION_UNDONE = "What was here before is back.";
export const BACK_ONLINE = "You are back online.";
export const IS_DELETED = "Conversation deleted. You can undo this.";
export const IS_RESTORED = "The conversation is back.";
export const IS_COPIED = "Copied.";
export const COPY_REFUSED = "Your browser did not allow copying. Select the text and copy it yourself.";
