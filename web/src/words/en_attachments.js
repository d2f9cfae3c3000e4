/** What visitors read about attached files, in English: fetched with what reads them. */

export const ATTACHED_FILES = "Attached files";
export const ATTACHED_LENGTH = "{characters} characters";
export const ATTACHED_TOTAL = "Attached: {characters} of {most} characters.";
export const ATTACHED_NEEDS_WORDS = "Write what you want to know about it.";
export const ATTACHED_TOO_LONG = "Your message is too long with these files. Shorten it, or remove a file.";
export const IS_ATTACHED = "Attached: {name}.";
export const REMOVE_FILE = "Remove {name}";
export const IS_REMOVED = "Removed: {name}.";
export const DROP_HERE = "Drop text files to attach them.";
export const CONTENTS_LOADING = "Loading…";
export const CONTENTS_LOST = "The contents of this file are no longer in this browser.";
/** Why a file was not attached, by the code. */
export const FILE_REFUSALS = /** @type {Record<string, string>} */ ({
  binary: "{name} is not a text file. Only text can be attached.",
  empty: "{name} is empty.",
  not_utf8: "{name} is not UTF-8 text. Save it as UTF-8 and try again.",
  too_large: "{name} is too long. All files of a message can have {most} characters together.",
  too_many: "{name} was not attached. A message can have {files} files.",
  unreadable: "{name} could not be read.",
});
/** Read by the model, in place of what is lost. */
export const CONTENTS_LOST_FOR_MODEL = "[The contents of this file are no longer available.]";
