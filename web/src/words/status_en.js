/**
 * What the status page says, in English; `functions/nexus/wire/status_words.py` has the same words.
 *
 * A time or a length of it stands where no case of the language can be wrong.
 */

import { NO_MODEL } from "./en.js";

/** @typedef {typeof statusWords} StatusWords */

export const statusWords = {
  TITLE: "Service status",
  CHAT: "The chat",
  IS_WORKING: "The chat is working",
  IS_TRIED: "The chat is being tried again",
  IS_DOWN: "The chat cannot answer now",
  MUST_WAIT: "New messages have to wait",
  ANSWERS: "{model} is answering.",
  STANDS_IN: "Another model stands in for {model}.",
  NEXT_CHAT: "The next chat will show whether it is back.",
  EXPECTED_BACK: "Expected back on {at}.",
  TRIED_AGAIN: "Tried again on {at}.",
  ONLY_OPERATOR: "Only its operator can fix this.",
  NO_MODEL: {
    limit: "All models are at their limits.",
    day_limit: "No model answers at the moment.",
    setup: "The service is not set up correctly.",
    unknown: "No model answers at the moment.",
    ...NO_MODEL,
  },
  ONE_MODEL: {
    limit: "At its limit.",
    day_limit: "At its limit for the day.",
    unreachable: "Cannot be reached.",
    overloaded: "Overloaded.",
    errors: "Fails with errors of its own.",
    silent: "Does not answer in time.",
    set_aside: "Set aside for a while.",
    setup: "Not set up correctly.",
    unknown: "Does not answer at the moment.",
  },
  IN_LINE: "In line on {at}: about {number}.",
  WAIT: "Wait for a new message at that time: about {length}.",
  WAIT_UNKNOWN: "Nobody could say how long a new message would wait.",
  NOTHING_YET: "Nothing has been recorded yet.",
  WRITTEN: "Written on {at}.",
  REWRITTEN: "It is written again when something changes.",
  STRIPS: "The last 24 hours and 90 days",
  ANSWERING: "Answering",
  STOOD_IN: "At its limit, or another model stood in",
  NOT_ANSWERING: "Not answering",
  NOT_RECORDED: "Not recorded",
  BEING_TRIED: "Being tried again",
  SHARE_OF_24_HOURS: "Answering {share} of the last 24 hours.",
  SHARE_OF_90_DAYS: "Answering {share} of the last 90 days.",
  MODEL_FOR: {
    exhausted: "At its limit for {length}.",
    unavailable: "Not answering for {length}.",
  },
  SERVICE_FOR: {
    degraded: "Another model stood in for {length}.",
    exhausted: "All models at their limits for {length}.",
    unavailable: "No model answered for {length}.",
    misconfigured: "Not set up correctly for {length}.",
  },
  UNDER_A_MINUTE: "less than a minute",
  INCIDENTS: "Incidents",
  NO_INCIDENTS: "None in the last 90 days.",
  EARLIER: "Earlier incidents",
  SINCE: "Since {start}.",
  FROM_TO: "{start} to {end} ({length}).",
  BACK: "Back to the chat",
  FEED: "Incidents as a feed",
  DATA: "Everything as JSON",
  TIME_ZONE: "Time zone: {zone}.",
  DAYS: "Days begin at midnight UTC.",
};
