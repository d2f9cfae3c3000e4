import { failureOf } from "../src/core/failure.js";
import { Scene } from "./scene.js";

/** @typedef {import("../src/app/chat_session.js").ChatSession} ChatSession */

/** A service with a line: who is called is answered, everybody else gets a place. */
export class Line extends Scene {
  called = 100;
  issued = 110;
  perSecond = /** @type {number | null} */ (0.5);
  /** The tickets of all requests. */
  tickets = /** @type {(string | undefined)[]} */ ([]);

  /** @type {Scene["meets"]} */
  meets = (ticket) => {
    this.tickets.push(ticket);
    const number = ticket ? Number(ticket.split(".")[0]) : (this.issued += 1);
    if (number <= this.called) return null;
    const place = {
      ticket: `${number}.${this.tickets.length}`,
      number,
      position: number - this.called,
      retryAt: this.perSecond && this.browser.now + ((number - this.called) / this.perSecond) * 1_000,
      refusedAt: this.browser.now,
    };
    return { ...failureOf("models_exhausted"), retryAt: place.retryAt, place };
  };

  /** What the page learns next. */
  tell() {
    this.found = /** @type {const} */ ({ status: "degraded", retryAt: null, serving: { number: this.called, at: this.browser.now, perSecond: this.perSecond } });
  }

  /** @param {ChatSession} session */
  async learn(session) {
    this.tell();
    await session.state.check();
    await this.rest();
  }

  /** @param {number} seconds */
  pass(seconds) {
    this.browser.now += seconds * 1_000;
  }
}

export const answers = (/** @type {ChatSession} */ session) => session.conversation.value.map(({ answer }) => answer.state);
