/** A browser whose tabs share one service, which refuses until it is told to answer. */

import "./english.js";
import { ChatSession } from "../src/app/chat_session.js";
import { failureOf } from "../src/core/failure.js";
import { FakeBrowser } from "./fakes.js";

/** @typedef {import("../src/core/answer.js").AnswerEvent} AnswerEvent */
/** @typedef {import("../src/core/availability.js").Availability} Availability */
/** @typedef {import("../src/core/conversation.js").Message} Message */

/** @type {AnswerEvent[]} */
export const ANSWER = [{ type: "accepted" }, { type: "text", text: "Hello" }, { type: "finished", reason: "stop" }];

export class Scene {
  browser = new FakeBrowser();
  /** The last message of each request that was taken. */
  asked = /** @type {string[]} */ ([]);
  /** All messages of each request that was taken. */
  requests = /** @type {Message[][]} */ ([]);
  /** Requests, refused ones included. */
  tries = 0;
  refusal = /** @type {string | null} */ ("models_exhausted");
  /** What a request meets that has this ticket, or none; null: an answer. @type {(ticket?: string) => import("../src/core/failure.js").Failure | null} */
  meets = () => this.refusal ? failureOf(this.refusal) : null;
  /** What a check finds, where that is not what a question meets. */
  found = /** @type {Availability | null} */ (null);
  isOnline = true;
  isVisible = true;
  /** How the service answers. @type {(messages: Message[], signal: AbortSignal) => AsyncIterable<AnswerEvent> | Iterable<AnswerEvent>} */
  answer = () => ANSWER;

  /** @param {Parameters<FakeBrowser["tab"]>[0]} [options] */
  async tab(options) {
    const library = this.browser.tab(options);
    const scene = this;
    const session = new ChatSession(
      {
        async *ask(messages, signal, ticket) {
          scene.tries += 1;
          const failure = scene.meets(ticket);
          if (failure) return yield { type: "failed", failure };
          scene.asked.push(messages.at(-1)?.content ?? "");
          scene.requests.push(messages);
          yield* scene.answer(messages, signal);
        },
        check: async () => scene.found ?? { status: scene.refusal ? "exhausted" : "operational", retryAt: null },
        isOnline: () => scene.isOnline,
        isVisible: () => scene.isVisible,
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
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
}
