/** Starts the page: picks the real service and keeps the session, the poller and the page together. */

import { computed, effect, signal } from "@preact/signals";
import { h, render } from "preact";
import { ChatSession } from "./app/chat_session.js";
import { ConversationLibrary } from "./app/conversation_library.js";
import { isImpaired } from "./core/availability.js";
import { failureOf } from "./core/failure.js";
import { waitingIn } from "./core/library.js";
import { followAddress, idInAddress } from "./edge/address.js";
import { checkAvailability, readStatusObject } from "./edge/availability_client.js";
import { AvailabilityPoller } from "./edge/availability_poller.js";
import { AvailabilitySource } from "./edge/availability_source.js";
import { createHints } from "./edge/hints.js";
import { openChannel } from "./edge/channel.js";
import { loadConfig, warnOfIgnored } from "./edge/config.js";
import { followConnection, isBrowserOnline } from "./edge/connection.js";
import { IndexedDbStorage } from "./edge/conversation_storage.js";
import { onFilesDropped } from "./edge/dropped_files.js";
import { Drafts } from "./edge/drafts.js";
import { isFramedByOthers } from "./edge/framing.js";
import { onLanguageOfOtherTabs } from "./edge/language_setting.js";
import { registerServiceWorker } from "./edge/service_worker.js";
import { SharedCheck } from "./edge/shared_check.js";
import { browserTabs, newId } from "./edge/tabs.js";
import { visitorId } from "./edge/visitor_id.js";
import { Page, prepareParts } from "./page/app.js";
import { branding } from "./page/branding.js";
import { attaching } from "./page/composer.js";
import { feedbackUrl } from "./page/feedback_url.js";
import { speakChosen, speakPreferred } from "./page/language.js";
import { prepareConversation } from "./page/transcript.js";
import { followVisibleHeight } from "./page/visible_height.js";
import { NAME } from "./words/names.js";
import { words } from "./words/words.js";

/** How long the first view waits for what an operator has made their own. */
const BRANDING_MS = 500;

const config = loadConfig(document.baseURI);
const tabs = browserTabs();

const source = new AvailabilitySource({
  ask: async () => checkAvailability((await config).availabilityUrl),
  read: () => readStatusObject(new URL("status.json", document.baseURI).href),
  current: () => session.availability.value,
});

const sharedCheck = new SharedCheck(() => source.check(), openChannel("nexus-availability"), tabs.locks);

const library = new ConversationLibrary({ storage: new IndexedDbStorage(), tabs, drafts: new Drafts(), newId, attachments });

const visitor = visitorId();

const hints = createHints();

const session = new ChatSession(
  {
    ask,
    check: () => sharedCheck.check(),
    isOnline: isBrowserOnline,
    isVisible: () => !document.hidden,
    onAnswer: () => void (document.hidden && tellOfAnswer()),
  },
  library,
);

const poller = new AvailabilityPoller(
  () => session.state.check(),
  () => session.availability.value,
  () => waitingIn(library.store.all()).length > 0,
);
session.state.onRefused = () => {
  sharedCheck.tell(session.availability.value);
  poller.reschedule();
};
sharedCheck.onReport = () => poller.refresh();

/** Whether an answer has come that nobody has seen. */
const hasNews = signal(false);

let loaded = Promise.resolve();

/** Comes when models are first short. */
let stream = /** @type {import("./edge/availability_stream.js").AvailabilityStream | null} */ (null);
poller.isCheap = () => source.readsObject && !stream?.isLive;
poller.place = () => session.inLine.value?.place ?? null;

config.then(({ chatUrl, feedback }) => feedback && (feedbackUrl.value = new URL("../feedback", chatUrl).href));

const deviceOffer = signal(/** @type {import("./page/notices.js").DeviceOfferSlot["value"]} */ (null));

/** Whether the page has words. */
const hasWords = speakPreferred(async () => (await config).own.language);

const root = /** @type {HTMLElement} */ (document.getElementById("page"));
// awaited, either would wait for chunks that wait for this one
if (isFramedByOthers(window)) startAsGuest();
else start();

/** @type {import("./app/service_state.js").Service["ask"]} */
async function* ask(messages, signal, ticket) {
  const client = await chatClient();
  if (client) yield* client.askChat({ url: config.then(({ chatUrl }) => chatUrl), messages, signal, ticket, visitor, hints });
  else yield { type: "failed", failure: failureOf(isBrowserOnline() ? "outdated_page" : "offline") };
}

/** @returns null where it cannot be fetched, as after a deployment */
function chatClient() {
  return import("./edge/chat_client.js").catch(() => null);
}

/** Whoever begins to do something may ask next. */
function prepareToAsk() {
  chatClient();
  prepareParts();
  attachments();
}

/** What reads attached files; null where it cannot be fetched. */
async function attachments() {
  const module = await import("./attachments.js").catch(() => null);
  if (module) attaching.value ??= module.attachingFor(session, loaded);
  return attaching.value?.attachments ?? null;
}

/** The operator decides which pages may show this one. */
async function startAsGuest() {
  const { isAdmitted } = await import("./embedded.js");
  if ((await hasWords) && (await isAdmitted(root, (await config).own, warnOfIgnored))) await start();
}

async function tellOfAnswer() {
  hasNews.value = true;
  const notification = await import("./edge/notification.js").catch(() => null); // the title says so as well
  notification?.notify(branding.value.name, words.ANSWER_READY);
}

/** Changes are worth hearing of at once while models are short. @param {boolean} isWanted */
async function followStream(isWanted) {
  if (!stream && !isWanted) return;
  const { streamFor } = await import("./stream.js");
  stream ??= streamFor({ config, tabs, source, sharedCheck, session, poller });
  stream.follow(isImpaired(session.availability.value));
}

/** Most pages are not branded, and load nothing for it. */
async function brand() {
  const { own } = await config;
  if (Object.keys(own).length === 0) return;
  const { showBranding } = await import("./branding.js");
  showBranding(own, warnOfIgnored);
}

/** What the visitor's browser has of its own is looked for only while the service has no model. */
async function offerDevice() {
  if (!("LanguageModel" in globalThis) || !(await config).deviceAnswers) return;
  const { deviceOfferFor } = await import("./device.js");
  deviceOffer.value = deviceOfferFor(session);
}

async function start() {
  window.addEventListener("online", () => session.wake());
  window.addEventListener("pagehide", () => library.store.keepAll(true));
  // a phone may end a page that is hidden without another word
  document.addEventListener("visibilitychange", () => {
    hasNews.value = false;
    if (document.hidden) library.store.keepAll();
    else session.wake();
  });
  // a page that was put away has heard nothing of the other tabs
  window.addEventListener("pageshow", ({ persisted }) => persisted && library.store.load());
  onLanguageOfOtherTabs(() => void speakChosen(branding.value.language));
  const isOffline = followConnection();
  followVisibleHeight();
  const branded = brand().catch(() => {}); // the page goes by another name, and works
  if (!(await hasWords)) return; // what stands there says how to try again
  loaded = library.store.load();
  // where a deployment has written its own title, the rest is worth a moment: a page that changes its looks is none
  if (document.title !== NAME) await Promise.race([branded, new Promise((resolve) => setTimeout(resolve, BRANDING_MS))]);
  // an empty page would be a lie where the address names a conversation
  if (idInAddress()) await Promise.all([loaded, prepareConversation()]);
  const isElsewhere = followAddress(library, () => branding.value.name, hasNews);
  root.replaceChildren();
  render(h(Page, { session, isOffline, isElsewhere, deviceOffer }), root);
  effect(() => {
    if (session.isDown.value) offerDevice().catch(() => {}); // an offer that cannot be loaded is none
  });
  for (const type of ["pointerdown", "keydown", "dragenter"]) window.addEventListener(type, prepareToAsk, { once: true, capture: true });
  if (library.attached.value.length > 0) attachments();
  onFilesDropped(async (files) => void ((await attachments()) && attaching.value?.take(files)));
  poller.start();
  const ticket = computed(() => session.inLine.value?.place.ticket);
  effect(() => void (ticket.value && poller.refresh())); // who is called
  effect(() => void followStream(isImpaired(session.availability.value)).catch(() => {})); // checks tell as well, later
  document.addEventListener("visibilitychange", () => stream?.update());
  registerServiceWorker();
}
