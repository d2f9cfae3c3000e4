/**
 * Every sentence that a visitor can read or hear, in English. Those with a `{slot}` are completed by `filled`.
 *
 * Plain words: what happened first, then what to do. Whoever adds one reads it aloud, and adds it to the other languages.
 */

/** @typedef {typeof catalogue} Catalogue  what each language has */

/** @typedef {{ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>} Plural  a text for each plural form of the language */

/** Other languages have other forms. @param {Plural} forms @returns {Plural} @__NO_SIDE_EFFECTS__ */
const plural = (forms) => forms;

/** Why no model answers, by the reason that the service gives. The status page says it too. */
export const NO_MODEL = {
  unreachable: "No model can be reached.",
  overloaded: "All models are overloaded.",
  errors: "All models fail with errors of their own.",
  silent: "No model answers in time.",
  set_aside: "All models have been set aside for a while.",
  line: "Messages are answered in turn at the moment.",
};

export const catalogue = {
  /** Of numbers, dates and plurals, as a BCP 47 tag. */
  LOCALE: "en",

  // Where the page cannot be

  RELOAD: "Reload",
  /** In place of a part of the page that comes when it is first used. */
  NOT_LOADED: "This part of the page did not load. Check your connection, then reload the page.",
  FRAMED: "Another site is showing this chat inside its own page, so it is switched off here.",
  OPEN_ALONE: "Open the chat in its own tab",

  // Header and settings

  SKIP: "Skip to the message box",
  NEW_CHAT: "New chat",
  SETTINGS: "Settings",
  THEME: "Theme",
  THEME_NAMES: { system: "System", light: "Light", dark: "Dark" },
  LANGUAGE: "Language",
  LANGUAGE_OF_BROWSER: "Same as the browser",
  LANGUAGE_CHANGED: "This page is now in English.",
  SHORTCUTS_TITLE: "Keyboard shortcuts",
  SHORTCUT_NAMES: {
    send: "Send the message",
    newLine: "Start a new line",
    stop: "Stop the answer",
    newChat: "Start a new chat",
    focusMessage: "Go to the message box",
    latest: "Jump to the latest message",
    help: "Show these shortcuts",
  },
  OR: "or",
  SINGLE_KEYS: "Use the single keys {slash} and {question}",
  CLOSE: "Close",

  // The empty page

  WELCOME: "What is on your mind?",
  WELCOME_TEXT: "Ask anything, or paste some text to work on.",
  PROMPTS: [
    "Explain how a rainbow forms, as if I were ten",
    "Plan three dinners for a busy week",
    "Help me write a kind but firm email",
    "Compare three ways to learn a language",
  ],
  NOT_HERE:
    "This conversation is not in this browser. It was either deleted or written in another browser. To bring it here, export it there and import the file here.",

  /** Unless the operator says it in other words. */
  NOTICE: "An AI answers here. It can be wrong. Messages are processed by Google.",
  LINKS: { privacy: "Privacy", terms: "Terms", imprint: "Imprint" },

  // Writing

  MESSAGE: "Message",
  WRITE_HERE: "Write a message",
  UNAVAILABLE: "Unavailable",
  ATTACH: "Attach text files",
  SEND: "Send",
  STOP: "Stop",

  // Questions

  YOU: "You",
  EDIT: "Edit",
  EDITED_WORDS: "Your words",
  EDIT_STARTS_VERSION: "This starts a new version. What is below stays with this one.",
  SAVE: "Save",
  ASK_AGAIN: "Ask again",
  CANCEL: "Cancel",
  WAITING: "Waiting.",
  /** What keeps a message waiting. */
  WAITING_FOR: {
    another: "Will be sent automatically after the message before it.",
    offline: "Will be sent automatically when you are back online.",
    down: "Will be sent automatically when the service is back.",
    line: "Will be sent automatically when it is your turn.",
    visitor_rate_limited: "You have sent many messages in a short time. This one will be sent automatically.",
    device_failed: "This device could not answer. Will be sent automatically when the service is back.",
    device_too_long: "This is too long for this device. Will be sent automatically when the service is back.",
  },
  WAITING_ANYHOW: "Will be sent automatically.",
  WAITING_UNTIL: "At {time}, in {countdown}.",
  NOTIFY_ME: "Notify me",
  CANCEL_RESTORES: "Cancel restores what was here before.",

  // Answers

  CONVERSATION: "Conversation",
  LATEST: "Jump to the latest message",
  PROCESSING: "Processing…",
  ABOUT_MODEL: "About the model",
  ANSWERED_BY: "Answered by {model}",
  CHANGED_MODEL: "Started by {first}, finished by {last}",
  CONTINUE: "Continue",
  RETRY: "Retry",
  TRY_AGAIN: "Try again",
  STOPPED: "Stopped.",
  TEXT_KEPT: "The text so far is kept.",
  INTERRUPTED: "Interrupted.",
  NOT_REPLACED: "No better answer.",
  CONTINUES: "It will continue automatically.",
  NO_ANSWER: "No answer.",
  TRY_AT: "Try again at {time}, in {countdown}.",
  REFERENCE: "Reference: {id}",
  KEPT_BEFORE: "What was here before is kept.",
  RESTORE: "Bring it back",
  /** Of answers that are complete but not whole, by their finish reason. */
  FINISH_NOTES: {
    length: "The answer has reached its maximum length.",
    content_filter: "A content filter stopped the answer here.",
  },
  BLOCKED: "A content filter blocked this question, so there is no answer. Try other words.",
  REPHRASE: "Rephrase the question",

  /** What happened, and what the visitor can do; by the code of the failure. */
  FAILURES: {
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
  },
  NO_MODEL,

  // Versions of a question, and of the answer to the same words

  QUESTION_VERSIONS: "Versions of your message",
  ANSWER_VERSIONS: "Versions of the answer",
  PREVIOUS_VERSION: "Previous version",
  NEXT_VERSION: "Next version",
  VERSION_OF: "{position} of {count}",
  VERSION_OPENED: "Version {position} of {count}.",

  // The service as a whole

  SERVICE_STATUS: "Service status",
  DOWN: "Temporarily unavailable.",
  DOWN_KEPT: "Waiting messages are saved and will be sent automatically.",
  EXPECTED_BACK: "Expected back {when}, in {countdown}.",
  TRIED_BEFORE: "We will keep trying until then.",
  TRYING_IN: "Trying again in {countdown}.",
  CHECKING: "Checking again every 30 seconds.",

  // Answers from the model that the visitor's browser has, while the service has none

  THIS_DEVICE: "this device",
  FROM_DEVICE: "From this device",
  DEVICE_OFFER:
    "Your browser has a small language model of its own. It can answer on this device, in {languages}. Nothing is sent, but expect more mistakes.",
  DEVICE_DOWNLOAD: {
    downloadable: "It is downloaded first, which can be several gigabytes.",
    downloading: "Your browser is already downloading it.",
  },
  DEVICE_START: "Answer on this device",
  DEVICE_DOWNLOAD_AND_START: "Download and answer on this device",
  DEVICE_DOWNLOADED: "Downloading the model: {share}",
  DEVICE_STARTING: "Starting the model…",
  DEVICE_NOT_STARTED: "The model on this device did not start.",
  DEVICE_IS_ON: "This device answers until the service is back.",
  DEVICE_END: "Turn off",

  OFFLINE: "You are offline. Your conversations are still here, but answers need a connection.",
  SERVICE_NOTES: {
    unknown: "We cannot check the service right now. You can still send messages.",
    misconfigured: "Something is wrong on our side. Please try again later.",
    line: "Messages are answered in turn at the moment. Yours will wait its turn.",
  },
  NOT_STORED:
    "This browser is not saving your conversations, or has no room for more. New messages last until you close the page. You can still chat.",
  OK: "OK",

  // Conversations

  CONVERSATIONS: "Conversations",
  SEARCH: "Search",
  SEARCH_CONVERSATIONS: "Search conversations",
  NOTHING_FOUND: "Nothing found.",
  NO_CONVERSATIONS: "Your conversations will appear here. They stay in this browser.",
  UNTITLED: "Untitled",
  HAS_WAITING: "Waiting",
  RENAME: "Rename",
  TITLE: "Title",
  DELETE: "Delete",
  DELETED: "Deleted: {title}",
  UNDO: "Undo",

  // Files

  EXPORT_AND_IMPORT: "Export and import",
  EXPORT_ONE_MARKDOWN: "Export this one as Markdown",
  EXPORT_ONE_JSON: "Export this one as JSON",
  EXPORT_ALL_MARKDOWN: "Export all as Markdown",
  EXPORT_ALL_JSON: "Export all as JSON",
  IMPORT: "Import JSON or Markdown",
  IMPORTED_FILE: "File to import",
  IMPORTED: "Imported: {added}.",
  ALREADY_HERE: "Already here: {known}.",
  IMPORT_PROBLEMS: {
    too_large: "This file is too large. The limit is 20 MB.",
    not_ours: "This is not a Nexus file. Choose a JSON or Markdown file that was exported from Nexus.",
    other_version: "This file was exported by another version of Nexus and cannot be imported.",
    incomplete: "The end of this file is missing. Nothing was imported.",
    damaged: "This file is damaged. Nothing was imported.",
    damaged_conversation: "Conversation {position} in this file is damaged. Nothing was imported.",
    twice: "This file contains a conversation twice. Nothing was imported.",
  },
  /** In exported Markdown. */
  FILE_WORDS: {
    youInVersion: "You (in another version)",
    noAnswer: "*No answer.*",
    endings: {
      done: "",
      stopped: "*Stopped: this answer is not complete.*",
      failed: "*Interrupted: this answer is not complete.*",
    },
  },

  // Text

  SHOW_MORE: "Show more",
  SHOW_LESS: "Show less",
  TASK_DONE: "Done",
  TASK_OPEN: "To do",
  TABLE: "Table",
  FORMULA: "Formula",
  CODE: "Code",
  CODE_IN: "Code, {language}",
  COPY: "Copy",
  COPY_ANSWER: "Copy answer",
  COPIED: "Copied",
  NOT_COPIED: "Not copied",

  // Time

  ABOUT: "about {amount}",
  A_MOMENT: "a moment",
  AT_TIME: "at {time}",
  DAY_AT_TIME: "{day} at {time}",
  ON_DATE_AT_TIME: "on {date} at {time}",

  // What screen readers say when something has happened

  SENT: "Sent. Waiting for the answer.",
  /** When an answer is over. Starts and ends only: the text itself is in the transcript. */
  ENDINGS: {
    done: "Answer complete.",
    queued: "Your message is waiting and will be sent automatically.",
    stopped: "You stopped the answer.",
    failed: "There is a problem with the answer. See the conversation for details.",
  },
  /** Also where nobody sees the page: in its title, and in a notification. */
  ANSWER_READY_TITLE: "Answer ready",
  ANSWER_READY: "Your answer is ready.",
  /** After “Notify me”, by what the browser or the visitor has decided. */
  NOTIFICATIONS: {
    granted: "You will be notified when an answer is ready while you are away from this page.",
    denied: "Notifications are not allowed. You can change this in the settings of your browser.",
  },
  CHAT_STARTED: "New chat.",
  CAN_SEND_AGAIN: "You can send messages again.",
  VERSION_UNDONE: "What was here before is back.",
  BACK_ONLINE: "You are back online.",
  IS_DELETED: "Conversation deleted. You can undo this.",
  IS_RESTORED: "The conversation is back.",
  IS_COPIED: "Copied.",
  COPY_REFUSED: "Your browser did not allow copying. Select the text and copy it yourself.",

  // Attached files

  ATTACHED_FILES: "Attached files",
  ATTACHED_LENGTH: plural({ one: "{count} character", other: "{count} characters" }),
  ATTACHED_TOTAL: "Attached: {characters} of {most} characters.",
  ATTACHED_NEEDS_WORDS: "Write what you want to know about it.",
  ATTACHED_TOO_LONG: "Your message is too long with these files. Shorten it, or remove a file.",
  IS_ATTACHED: "Attached: {name}.",
  REMOVE_FILE: "Remove {name}",
  IS_REMOVED: "Removed: {name}.",
  DROP_HERE: "Drop text files to attach them.",
  CONTENTS_LOADING: "Loading…",
  CONTENTS_LOST: "The contents of this file are no longer in this browser.",
  /** Why a file was not attached, by the code. */
  FILE_REFUSALS: {
    binary: "{name} is not a text file. Only text can be attached.",
    empty: "{name} is empty.",
    not_utf8: "{name} is not UTF-8 text. Save it as UTF-8 and try again.",
    too_large: "{name} is too long. All files of a message can have {most} characters together.",
    too_many: "{name} was not attached. A message can have {files} files.",
    unreadable: "{name} could not be read.",
  },

  // Finding, copying, sharing and hearing what was said

  /** In the list, of a conversation that is not open. */
  IS_ANSWERED: "Answering…",

  SHARE: "Share",
  SHARE_THIS: "Share this conversation",
  SAVE_AS_PAGE: "Save as a web page",
  COPY_MARKDOWN: "Copy as Markdown",
  COPY_PLAIN: "Copy as plain text",
  SEND_TO_APP: "Send to another app",
  NOT_SHARED: "Your browser did not share this. Save the web page and send it yourself.",
  READ_ALOUD: "Read aloud",
  STOP_READING: "Stop reading",
  /** In the shared page. */
  SHARED_ON: "Shared from {name} on {date}.",
  MAY_BE_WRONG: "The answers were written by an AI and can be wrong.",

  // What visitors say of an answer

  RATE: "Rate this answer",
  THUMBS: { up: "Good answer", down: "Bad answer" },
  WHAT_WAS_WRONG: "What was wrong? Only your choice is sent, not the text.",
  REASONS: {
    wrong: "Not true",
    incomplete: "Incomplete",
    off_topic: "Off topic",
    too_long: "Too long",
    unsafe: "Harmful",
    other: "Something else",
  },
  RATED: "Thank you. Your rating was counted.",
  NOT_RATED: "Your rating was not sent. Please try again.",
  TOO_OLD_TO_RATE: "This answer is too old to be rated.",

  // The waiting room

  NEXT_IN_LINE: "You are next in line.",
  NUMBER_IN_LINE: "You are number {number} in line.",
  /** By unit, and by the plural forms of the language. */
  EXPECTED_ABOUT: {
    minute: plural({ one: "Expected in about {count} minute.", other: "Expected in about {count} minutes." }),
    hour: plural({ one: "Expected in about {count} hour.", other: "Expected in about {count} hours." }),
    day: plural({ one: "Expected in about {count} day.", other: "Expected in about {count} days." }),
  },
  EXPECTED_IN: "Expected in {countdown}.",
  EXPECTED_UNKNOWN: "We cannot tell yet how long this will take.",
  LEAVE_LINE: "Leave the line",
  LINE_LEFT: "You have left the line. Your message is a draft again.",
};
