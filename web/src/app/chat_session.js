/** What the page shows and what a visitor can do: the state as signals, changed only by the methods here. */

import { computed, effect, signal } from "@preact/signals";
import { AnswerFollower } from "./answer_follower.js";
import { isLive, isOver } from "../core/answer.js";
import { isBusy, withContinuation, withQuestion, withQuestionAgain, withQueuedChanged, withStop, withVersionUndone } from "../core/conversation.js";
import { isOfOtherTab, waitingIn } from "../core/library.js";
import { firstToSend } from "../core/outbox.js";
import { firstInLine } from "../core/waiting_room.js";
import { words } from "../words/words.js";
import { lockWhileEdited } from "./edit_lock.js";
import { Outbox } from "./outbox.js";
import { ServiceState } from "./service_state.js";

/** @typedef {import("./conversation_library.js").ConversationLibrary} ConversationLibrary */
/** @typedef {import("./device_answers.js").DeviceAnswers} DeviceAnswers */
/** @typedef {import("./service_state.js").Service} Service */
/** @typedef {import("../core/conversation.js").Conversation} Conversation */

export class ChatSession {
  announcement = signal("");
  /** The message that waits in line: of the open conversation, else of another. */
  inLine = computed(() => (this.library.store.listVersion.value, firstInLine([this.library.current.value, ...this.library.store.all()])));
  /** Whether the visitor has to wait before writing: no model may be tried, or a message is in line. */
  isDown = computed(() => this.state.isDown.value || this.inLine.value !== null);

  /** Set where the visitor's browser has a model of its own, once that is needed. */
  device = signal(/** @type {DeviceAnswers | null} */ (null));
  /** Whether this device answers, in place of the service. */
  isOnDevice = computed(() => this.isDown.value && this.device.value?.stage.value === "on");

  isBusy = computed(() => isBusy(this.conversation.value));
  canWrite = computed(() => !this.isDown.value || this.isOnDevice.value);
  canAsk = computed(() => !this.isBusy.value && this.canWrite.value);
  canTurn = computed(() => this.conversation.value.every(({ answer }) => isOver(answer))); // else the path stays as it is
  canSend = computed(() => this.canTurn.value && !this.isDown.value);
  /** The answer that the page goes on with by itself, once it can. */
  continuedId = computed(() => {
    const exchange = firstToSend(this.conversation.value, this.library.now());
    return exchange && exchange.answer.state !== "queued" ? exchange.id : null;
  });
  /** The question is on its way, and its words are still in the draft. */
  isSubmitting = computed(() =>
    this.conversation.value.some(({ question, answer }) => isLive(answer) && !answer.accepted && question === this.draft.value.trim()),
  );

  #service;
  #outbox;
  #follower;

  /**
   * @param {Service} service
   * @param {ConversationLibrary} library
   */
  constructor(service, library) {
    this.library = library;
    this.conversation = library.exchanges;
    this.draft = library.draft;
    this.editedId = library.editedId;
    this.#service = service;
    this.state = new ServiceState(service.check, library.now);
    this.state.onUp = (wasDown) => this.#onUp(wasDown);
    this.availability = this.state.availability;
    const askDevice = (/** @type {Parameters<DeviceAnswers["ask"]>} */ ...request) => /** @type {DeviceAnswers} */ (this.device.value).ask(...request);
    this.#follower = new AnswerFollower(library, service.ask, askDevice, {
      onFailure: (failure, isRepeated) => this.state.refuse(failure, isRepeated),
      onChange: (words) => this.announce(words),
      onAnswer: () => service.onAnswer?.(),
    });
    this.#outbox = new Outbox(library, () => this.#circumstances(), (...sending) => this.#follower.send(...sending));
    library.tabs.listen((message) => message?.type === "stop" && this.#follower.stop(message.id));
    effect(() => {
      // each of these may let a waiting question go out
      void [library.store.listVersion.value, this.availability.value, this.editedId.value, this.isOnDevice.value && library.currentId.value];
      queueMicrotask(() => this.wake());
    });
    lockWhileEdited(library.tabs.locks, this.editedId);
  }

  // Actions

  /** Sends a question, or has it wait for the answer that is coming in. @param {string} [question]  the draft where none is given */
  async send(question = this.draft.value) {
    const asked = question.trim();
    const attachments = question === this.draft.value ? this.library.attached.value : [];
    if (!this.canWrite.value || this.isSubmitting.value) return; // it may still be in the draft while it is on its way
    if (!asked) return void (attachments.length > 0 && this.announce(words.ATTACHED_NEEDS_WORDS));
    const id = this.library.newId();
    const givenBack = this.#follower.givenBack(this.library.currentId.value);
    await this.#ask((conversation) => withQuestion(conversation, id, asked, attachments, givenBack, this.editedId.value), this.isDown.value || this.isBusy.value);
  }

  /** Asks for another answer. @param {string} [id]  of the exchange: the last one where none is given */
  async retry(id = this.conversation.value.at(-1)?.id ?? "") {
    const newId = this.library.newId();
    if (this.canSend.value) await this.#ask((conversation) => withQuestionAgain(conversation, id, newId));
  }

  /** Goes on with an answer that broke off. */
  async resume() {
    if (this.canSend.value) await this.#ask(withContinuation);
  }

  /** Asks again in other words; a question that still waits just gets them. @param {string} edited @param {string} question */
  async edit(edited, question) {
    const { library } = this;
    const words = question.trim();
    const before = this.#find(edited);
    if (!words || !before) return;
    if (before.answer.state === "queued") {
      library.clearDraft(library.currentId.value, before.question, true);
      library.change(library.currentId.value, (conversation) => withQueuedChanged(conversation, edited, words));
      // other tabs may send it as soon as it is not edited any more
      await library.store.keep(library.currentId.value);
      if (this.editedId.value === edited) this.editedId.value = null;
    } else if (this.canSend.value) {
      this.editedId.value = null; // not at the answer's end: another question may be edited by then
      const newId = library.newId();
      await this.#ask((conversation) => withQuestionAgain(conversation, edited, newId, words));
    }
  }

  /** Takes a waiting question back. Its words and files are added to the draft, or the version before it opens. @param {string} id */
  cancel(id) {
    const exchange = this.#find(id);
    if (exchange?.versions) return this.undoVersion(id);
    this.library.change(this.library.currentId.value, (conversation) => withQueuedChanged(conversation, id, null));
    if (exchange) this.library.addToDraft([exchange.question], exchange.attachments);
  }

  /** Opens the version before one that brought nothing, whose words are there again when the question is edited. @param {string} id */
  undoVersion(id) {
    const undone = this.#find(id);
    const earlier = undone?.versions?.earlier.at(-1)?.[0];
    if (!undone || !earlier || isLive(undone.answer)) return;
    if (undone.question !== earlier.question) this.library.keepEdit(earlier.id, undone.question);
    this.library.change(this.library.currentId.value, (conversation) => withVersionUndone(conversation, id));
    this.announce(words.VERSION_UNDONE);
  }

  /** Ends the answer that is coming in, in whichever tab, or is to go on; its text so far stays. */
  stop() {
    const { continuedId, library } = this;
    if (continuedId.value) library.change(library.currentId.value, (conversation) => withStop(conversation, continuedId.value));
    for (const { id, answer } of this.conversation.value) {
      if (isLive(answer) && !this.#follower.stop(id)) library.tabs.tell({ type: "stop", id });
    }
  }

  newChat() {
    this.library.begin();
    this.announce(words.CHAT_STARTED);
  }

  /** Sends what waits, as far as it can go out. */
  wake() {
    return this.#outbox.wake();
  }

  /** @param {string} words */
  announce(words) {
    // the same words twice are no change, and would not be read out: a trailing space makes one
    this.announcement.value = this.announcement.value === words ? `${words}\u00a0` : words;
  }

  // Internal

  #find = (/** @type {string} */ id) => this.conversation.value.find((exchange) => exchange.id === id);

  /** @param {(conversation: Conversation) => Conversation} change  leaves what is to be answered as the last exchange @param {boolean} [mustWait] */
  #ask(change, mustWait = this.isDown.value) {
    return this.#follower.ask(this.library.currentId.value, change, mustWait);
  }

  /** @returns {import("../core/outbox.js").Circumstances} */
  #circumstances() {
    const { tabs } = this.library;
    return {
      isOnline: this.#service.isOnline?.() ?? true,
      isVisible: this.#service.isVisible?.() ?? true,
      availability: this.availability.value,
      tab: tabs.locks.areGranted ? null : tabs.name,
      edited: new Set(this.editedId.value ? [this.editedId.value] : []),
      onDevice: this.isOnDevice.value ? this.library.currentId.value : null,
    };
  }

  /** @param {boolean} wasDown */
  #onUp(wasDown) {
    const waiting = waitingIn(this.library.store.all());
    // they are in their conversations: a textbox that can be written in again need not have them as well
    for (const { conversationId, question, answer } of waiting) if (isOfOtherTab(answer, this.library.tabs.name)) this.library.clearDraft(conversationId, question);
    // where a waiting message is about to be tried, its end is what is announced
    if (wasDown && !this.inLine.value && (this.availability.value.releaseAt === undefined || waiting.length === 0)) this.announce(words.CAN_SEND_AGAIN);
  }
}
