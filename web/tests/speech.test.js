import assert from "node:assert/strict";
import { test } from "node:test";

class Utterance extends EventTarget {
  lang = "";
  /** @param {string} text */
  constructor(text) {
    super();
    this.text = text;
  }
}

class Voice extends EventTarget {
  /** What is still to be said. */
  queue = /** @type {Utterance[]} */ ([]);
  voices = /** @type {object[]} */ ([]);
  getVoices() {
    return this.voices;
  }
  /** @param {Utterance} utterance */
  speak(utterance) {
    this.queue.push(utterance);
  }
  cancel() {
    for (const utterance of this.queue.splice(0)) utterance.dispatchEvent(Object.assign(new Event("error"), { error: "canceled" }));
  }
}

const voice = new Voice();
Object.assign(globalThis, { speechSynthesis: voice, SpeechSynthesisUtterance: Utterance });
const { hasVoice, readAloud, spoken, stopReading } = await import("../src/edge/speech.js");

test("there is nothing to press until the browser has found a voice", () => {
  assert.equal(hasVoice.value, false);
  voice.voices.push({});
  voice.dispatchEvent(new Event("voiceschanged"));
  assert.equal(hasVoice.value, true);
});

test("one text is read at a time, until its end or until it is stopped", () => {
  readAloud("*One*", "One.", "de");
  assert.equal(spoken.value, "*One*");
  assert.equal(voice.queue[0].lang, "de");

  readAloud("*Two*", "Two.", "de");
  assert.equal(spoken.value, "*Two*");
  assert.deepEqual(voice.queue.map(({ text }) => text), ["Two."]);

  voice.queue.shift()?.dispatchEvent(new Event("end"));
  assert.equal(spoken.value, null);

  readAloud("*Three*", "Three.", "de");
  stopReading();
  assert.equal(spoken.value, null);
  assert.deepEqual(voice.queue, []);
});
