/** The few words of `embed.js`, apart from the page's, so that it stays small: in all languages at once. */

/** @typedef {{ TITLE: string, OPEN: string, CLOSE: string, NOT_STARTED: string, OPEN_ALONE: string }} EmbedWords */

/** @type {Record<import("../core/languages.js").Language, EmbedWords>} */
export const EMBED_WORDS = {
  en: {
    TITLE: "Chat",
    OPEN: "Open the chat",
    CLOSE: "Close the chat",
    NOT_STARTED: "The chat did not start on this page.",
    OPEN_ALONE: "Open it in its own tab",
  },
  de: {
    TITLE: "Chat",
    OPEN: "Chat öffnen",
    CLOSE: "Chat schließen",
    NOT_STARTED: "Der Chat ist auf dieser Seite nicht gestartet.",
    OPEN_ALONE: "In einem eigenen Tab öffnen",
  },
  es: {
    TITLE: "Chat",
    OPEN: "Abrir el chat",
    CLOSE: "Cerrar el chat",
    NOT_STARTED: "El chat no se ha iniciado en esta página.",
    OPEN_ALONE: "Abrirlo en su propia pestaña",
  },
  fr: {
    TITLE: "Chat",
    OPEN: "Ouvrir le chat",
    CLOSE: "Fermer le chat",
    NOT_STARTED: "Le chat n’a pas démarré sur cette page.",
    OPEN_ALONE: "L’ouvrir dans son propre onglet",
  },
  pt: {
    TITLE: "Chat",
    OPEN: "Abrir o chat",
    CLOSE: "Fechar o chat",
    NOT_STARTED: "O chat não iniciou nesta página.",
    OPEN_ALONE: "Abrir em uma aba própria",
  },
  ja: {
    TITLE: "チャット",
    OPEN: "チャットを開く",
    CLOSE: "チャットを閉じる",
    NOT_STARTED: "このページでチャットを開始できませんでした。",
    OPEN_ALONE: "新しいタブで開く",
  },
  ar: {
    TITLE: "محادثة",
    OPEN: "فتح المحادثة",
    CLOSE: "إغلاق المحادثة",
    NOT_STARTED: "لم تبدأ المحادثة في هذه الصفحة.",
    OPEN_ALONE: "فتحها في علامة تبويب خاصة بها",
  },
};
