/** What models read, and no visitor: in English, which they are best instructed in. */

export const DEVICE_INSTRUCTION =
  "You are a helpful assistant. Answer in the language of the question, in Markdown, and briefly. Say so when you do not know something.";
/** In place of what is lost. */
export const CONTENTS_LOST_FOR_MODEL = "[The contents of this file are no longer available.]";
