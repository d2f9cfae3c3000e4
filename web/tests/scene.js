/** A browser whose tabs share one service, which refuses until it is told to answer. */

import { ChatSession } from "../src/app/chat_session.js";
import { failureOf } from "../src/core/failure.js";
import { FakeBrowser } from "./fakes.js";

/** @typedef {import("../src/core/answer.js").AnswerEvent} AnswerEvent */
/** @typedef {import("../src/core/availability.js").Availability} Availability */

/** @type {AnswerEvent[]} */
export const ANSWER = [{ type: "accepted" }, { type: "text", text: "Hello" }, { type: "finished", reason: "stop" }];

export class Scene {
  browser = new FakeBrowser();
  asked = /** @type {string[]} */ ([]);
  /** Requests, refused ones included. */
  tries = 0;
  refusal = /** @type {string | null} */ ("models_exhausted");
  /** What a check finds, where that is not what a question meets. */
  found = /** @type {Availability | null} */ (null);

  async tab() {
    const library = this.browser.tab();
    const scene = this;
    const session = new ChatSession(
      {
        async *ask(messages) {
          scene.tries += 1;
          if (scene.refusal) return yield { type: "failed", failure: failureOf(scene.refusal) };
          scene.asked.push(messages.at(-1)?.content ?? "");
          yield* ANSWER;
        },
        check: async () => scene.found ?? { status: scene.refusal ? "exhausted" : "operational", retryAt: null },
      },
      library,
    );
    await library.store.load();
    return session;
  }

  rest = rest;
}

/** Everything that was begun has come to its end. */
export async function rest() {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}
