/** One check for all tabs: what one of them learns, it tells the others. */

import { sharedAvailability } from "../core/availability.js";

/** @typedef {import("../core/availability.js").Availability} Availability */
/** @typedef {{ found: Availability | null }} Report */

const LOCK = "availability";
/** A check takes 10 s at most; a tab that holds the lock for longer is asleep. */
const LOCK_TIMEOUT_MS = 12_000;
/** A report may arrive a little after the lock that its sender has let go. */
const REPORT_DELAY_MS = 200;

export class SharedCheck {
  #check;
  #channel;
  #locks;
  #received = /** @type {Report | null} */ (null);
  #onReport = () => {};

  /**
   * @param {() => Promise<Availability | null>} check  asks the service
   * @param {import("./channel.js").Channel} channel  reaches the other tabs
   * @param {import("./tabs.js").Tabs["locks"]} locks  shared with them
   */
  constructor(check, channel, locks) {
    this.#check = check;
    this.#channel = channel;
    this.#locks = locks;
    channel.listen((message) => this.#receive(message));
  }

  /** @param {() => void} listener  called when another tab has told something, which the next check() gives */
  set onReport(listener) {
    this.#onReport = listener;
  }

  // Actions

  /** @returns {Promise<Availability | null>} null when the check failed */
  async check() {
    const report = this.#take();
    if (report) return report.found;
    const { found } = await this.#askInTurn();
    // what was told meanwhile, such as a refusal, is newer
    return this.#take()?.found ?? found;
  }

  /** @param {Availability | null} found  learnt in another way, such as by a refused question */
  tell(found) {
    this.#channel.tell({ found });
  }

  // Internal

  /** @returns {Promise<Report>} */
  async #askInTurn() {
    return (await this.#locks.tryLock(LOCK, () => this.#ask())) ?? this.#reportOfAnother();
  }

  /** @returns {Promise<Report>} */
  async #ask() {
    const found = await this.#check();
    this.tell(found);
    return { found };
  }

  /**
   * Another tab is asking: its lock is free when it has done so, or has been closed meanwhile.
   * @returns {Promise<Report>}
   */
  async #reportOfAnother() {
    const look = async () => {
      if (!this.#received) await new Promise((resolve) => setTimeout(resolve, REPORT_DELAY_MS));
      return this.#take() ?? this.#ask();
    };
    return this.#locks.withLock(LOCK, look, { timeoutMs: LOCK_TIMEOUT_MS });
  }

  /** @param {unknown} data */
  #receive(data) {
    const report = sharedAvailability(data);
    if (!report) return;
    this.#received = report;
    this.#onReport();
  }

  #take() {
    const report = this.#received;
    this.#received = null;
    return report;
  }
}
