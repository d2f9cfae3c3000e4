/** Every sentence that a visitor can read or hear, in German. */

/** Why no model answers, by the reason that the service gives. The status page says it too. */
export const NO_MODEL = {
  unreachable: "Kein Modell ist erreichbar.",
  overloaded: "Alle Modelle sind überlastet.",
  errors: "Alle Modelle haben interne Fehler.",
  silent: "Kein Modell antwortet rechtzeitig.",
  set_aside: "Alle Modelle sind vorübergehend ausgesetzt.",
  line: "Nachrichten werden im Moment der Reihe nach beantwortet.",
};

/** @type {import("./en.js").Catalogue} */
export const catalogue = {
  LOCALE: "de",

  // Where the page cannot be

  RELOAD: "Neu laden",
  NOT_LOADED: "Dieser Teil der Seite wurde nicht geladen. Prüfen Sie Ihre Verbindung und laden Sie die Seite neu.",
  FRAMED: "Eine andere Website zeigt diesen Chat in ihrer eigenen Seite, deshalb ist er hier abgeschaltet.",
  OPEN_ALONE: "Chat in einem eigenen Tab öffnen",

  // Header and settings

  SKIP: "Zum Nachrichtenfeld springen",
  NEW_CHAT: "Neuer Chat",
  SETTINGS: "Einstellungen",
  THEME: "Design",
  THEME_NAMES: { system: "System", light: "Hell", dark: "Dunkel" },
  LANGUAGE: "Sprache",
  LANGUAGE_OF_BROWSER: "Wie im Browser",
  LANGUAGE_CHANGED: "Diese Seite ist jetzt auf Deutsch.",
  SHORTCUTS_TITLE: "Tastenkürzel",
  SHORTCUT_NAMES: {
    send: "Nachricht senden",
    newLine: "Neue Zeile beginnen",
    stop: "Antwort anhalten",
    newChat: "Neuen Chat beginnen",
    focusMessage: "Zum Nachrichtenfeld gehen",
    latest: "Zur neuesten Nachricht springen",
    help: "Diese Tastenkürzel zeigen",
  },
  OR: "oder",
  SINGLE_KEYS: "Die einzelnen Tasten {slash} und {question} verwenden",
  CLOSE: "Schließen",

  // The empty page

  WELCOME: "Was beschäftigt Sie?",
  WELCOME_TEXT: "Fragen Sie, was Sie möchten, oder fügen Sie einen Text ein.",
  PROMPTS: [
    "Erkläre mir wie einem zehnjährigen Kind, wie ein Regenbogen entsteht",
    "Plane drei Abendessen für eine volle Woche",
    "Hilf mir, eine freundliche, aber bestimmte E-Mail zu schreiben",
    "Vergleiche drei Wege, eine Sprache zu lernen",
  ],
  NOT_HERE:
    "Diese Unterhaltung ist nicht in diesem Browser. Sie wurde gelöscht oder in einem anderen Browser geschrieben. Um sie hierher zu holen, exportieren Sie sie dort und importieren Sie die Datei hier.",

  NOTICE: "Hier antwortet eine KI. Sie kann sich irren. Nachrichten werden von Google verarbeitet.",
  LINKS: { privacy: "Datenschutz", terms: "Nutzungsbedingungen", imprint: "Impressum" },

  // Writing

  MESSAGE: "Nachricht",
  WRITE_HERE: "Ihre Nachricht",
  UNAVAILABLE: "Nicht verfügbar",
  ATTACH: "Textdateien anhängen",
  SEND: "Senden",
  STOP: "Stopp",

  // Questions

  YOU: "Sie",
  EDIT: "Bearbeiten",
  EDITED_WORDS: "Ihr Text",
  EDIT_STARTS_VERSION: "Damit beginnt eine neue Version. Was weiter unten steht, bleibt bei der jetzigen.",
  SAVE: "Speichern",
  ASK_AGAIN: "Erneut fragen",
  CANCEL: "Abbrechen",
  WAITING: "Wartet.",
  WAITING_FOR: {
    another: "Wird nach der vorherigen Nachricht automatisch gesendet.",
    offline: "Wird automatisch gesendet, sobald Sie wieder online sind.",
    down: "Wird automatisch gesendet, sobald der Dienst wieder da ist.",
    line: "Wird automatisch gesendet, sobald Sie an der Reihe sind.",
    visitor_rate_limited: "Sie haben in kurzer Zeit viele Nachrichten gesendet. Diese wird automatisch gesendet.",
    device_failed: "Dieses Gerät konnte nicht antworten. Wird automatisch gesendet, sobald der Dienst wieder da ist.",
    device_too_long: "Das ist zu lang für dieses Gerät. Wird automatisch gesendet, sobald der Dienst wieder da ist.",
  },
  WAITING_ANYHOW: "Wird automatisch gesendet.",
  WAITING_UNTIL: "Um {time} (noch {countdown}).",
  NOTIFY_ME: "Benachrichtigen",
  CANCEL_RESTORES: "Abbrechen stellt wieder her, was vorher hier stand.",

  // Answers

  CONVERSATION: "Unterhaltung",
  LATEST: "Zur neuesten Nachricht springen",
  PROCESSING: "Wird bearbeitet …",
  ABOUT_MODEL: "Über das Modell",
  ANSWERED_BY: "Beantwortet von {model}",
  CHANGED_MODEL: "Begonnen von {first}, beendet von {last}",
  CONTINUE: "Fortsetzen",
  RETRY: "Erneut versuchen",
  TRY_AGAIN: "Noch einmal versuchen",
  STOPPED: "Angehalten.",
  TEXT_KEPT: "Der bisherige Text bleibt erhalten.",
  INTERRUPTED: "Unterbrochen.",
  NOT_REPLACED: "Keine bessere Antwort.",
  CONTINUES: "Die Antwort wird automatisch fortgesetzt.",
  NO_ANSWER: "Keine Antwort.",
  TRY_AT: "Versuchen Sie es um {time} noch einmal (noch {countdown}).",
  REFERENCE: "Referenz: {id}",
  KEPT_BEFORE: "Was vorher hier stand, bleibt erhalten.",
  RESTORE: "Zurückholen",
  FINISH_NOTES: {
    length: "Die Antwort hat die maximale Länge erreicht.",
    content_filter: "Ein Inhaltsfilter hat die Antwort hier beendet.",
  },
  BLOCKED: "Ein Inhaltsfilter hat diese Frage blockiert, deshalb gibt es keine Antwort. Versuchen Sie es mit anderen Worten.",
  REPHRASE: "Frage umformulieren",

  FAILURES: {
    answer_interrupted: { what: "Das Modell hat vor dem Ende aufgehört.", next: "Versuchen Sie es noch einmal." },
    deadline_exceeded: { what: "Die Antwort hat zu lange gedauert.", next: "Versuchen Sie es noch einmal, oder stellen Sie eine kürzere Frage." },
    device_failed: { what: "Das Modell auf diesem Gerät hat aufgehört.", next: "Sie können es noch einmal versuchen, sobald der Dienst wieder da ist." },
    device_interrupted: {
      what: "Die Seite wurde geschlossen, bevor dieses Gerät fertig war.",
      next: "Sie können es noch einmal versuchen, sobald der Dienst wieder da ist.",
    },
    empty_reply: { what: "Die Antwort war leer.", next: "Versuchen Sie es noch einmal, oder formulieren Sie die Frage um." },
    idle_timeout: { what: "Es kam kein weiterer Text an.", next: "Versuchen Sie es noch einmal." },
    internal_error: { what: "Bei uns ist etwas schiefgegangen.", next: "Versuchen Sie es gleich noch einmal." },
    interrupted: { what: "Die Verbindung brach ab, bevor die Antwort vollständig war.", next: "Versuchen Sie es noch einmal." },
    models_exhausted: {
      what: "Alle Modelle haben ihre Grenze erreicht.",
      next: "Ihre Nachricht ist gespeichert. Versuchen Sie es noch einmal, sobald der Dienst wieder da ist.",
    },
    models_unavailable: { what: "Im Moment antwortet kein Modell.", next: "Ihre Nachricht ist gespeichert." },
    network: { what: "Der Dienst war nicht erreichbar.", next: "Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal." },
    offline: { what: "Sie sind offline.", next: "Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal." },
    outdated_page: { what: "Diese Seite passt nicht mehr zum Dienst.", next: "Laden Sie sie neu und versuchen Sie es noch einmal." },
    request_too_large: { what: "Das ist mehr Text, als der Dienst auf einmal verarbeiten kann.", next: "Kürzen Sie Ihre Nachricht, oder beginnen Sie einen neuen Chat." },
    service_misconfigured: { what: "Bei uns stimmt etwas nicht.", next: "Bitte versuchen Sie es später noch einmal." },
    unavailable: { what: "Der Dienst ist gerade nicht verfügbar.", next: "Versuchen Sie es gleich noch einmal." },
    unconfirmed: { what: "Die Seite wurde geschlossen, bevor der Dienst diese Nachricht bestätigt hatte.", next: "Sie wurde vielleicht schon gesendet." },
    unexpected_reply: { what: "Der Dienst hat etwas gesendet, das diese Seite nicht lesen kann.", next: "Versuchen Sie es gleich noch einmal." },
    visitor_rate_limited: { what: "Sie haben in kurzer Zeit viele Nachrichten gesendet.", next: "Warten Sie ein wenig und versuchen Sie es dann noch einmal." },
  },
  NO_MODEL,

  // Versions of a question, and of the answer to the same words

  QUESTION_VERSIONS: "Versionen Ihrer Nachricht",
  ANSWER_VERSIONS: "Versionen der Antwort",
  PREVIOUS_VERSION: "Vorherige Version",
  NEXT_VERSION: "Nächste Version",
  VERSION_OF: "{position} von {count}",
  VERSION_OPENED: "Version {position} von {count}.",

  // The service as a whole

  SERVICE_STATUS: "Status des Dienstes",
  DOWN: "Vorübergehend nicht verfügbar.",
  DOWN_KEPT: "Wartende Nachrichten sind gespeichert und werden automatisch gesendet.",
  EXPECTED_BACK: "Voraussichtlich {when} wieder da (noch {countdown}).",
  TRIED_BEFORE: "Bis dahin versuchen wir es weiter.",
  TRYING_IN: "Nächster Versuch: noch {countdown}.",
  CHECKING: "Wir prüfen es alle 30 Sekunden.",

  // Answers from the model that the visitor's browser has, while the service has none

  THIS_DEVICE: "diesem Gerät",
  FROM_DEVICE: "Von diesem Gerät",
  DEVICE_OFFER:
    "Ihr Browser hat ein eigenes kleines Sprachmodell. Es kann auf diesem Gerät antworten. Sprachen: {languages}. Es wird nichts gesendet, aber rechnen Sie mit mehr Fehlern.",
  DEVICE_DOWNLOAD: {
    downloadable: "Es wird zuerst heruntergeladen, das können mehrere Gigabyte sein.",
    downloading: "Ihr Browser lädt es schon herunter.",
  },
  DEVICE_START: "Auf diesem Gerät antworten",
  DEVICE_DOWNLOAD_AND_START: "Herunterladen und auf diesem Gerät antworten",
  DEVICE_DOWNLOADED: "Das Modell wird heruntergeladen: {share}",
  DEVICE_STARTING: "Das Modell wird gestartet …",
  DEVICE_NOT_STARTED: "Das Modell auf diesem Gerät ist nicht gestartet.",
  DEVICE_IS_ON: "Dieses Gerät antwortet, bis der Dienst wieder da ist.",
  DEVICE_END: "Ausschalten",

  OFFLINE: "Sie sind offline. Ihre Unterhaltungen sind noch da, aber Antworten brauchen eine Verbindung.",
  SERVICE_NOTES: {
    unknown: "Wir können den Dienst gerade nicht prüfen. Sie können trotzdem Nachrichten senden.",
    misconfigured: "Bei uns stimmt etwas nicht. Bitte versuchen Sie es später noch einmal.",
    line: "Nachrichten werden im Moment der Reihe nach beantwortet. Ihre wartet, bis sie an der Reihe ist.",
  },
  NOT_STORED:
    "Dieser Browser speichert Ihre Unterhaltungen nicht oder hat keinen Platz mehr. Neue Nachrichten bleiben, bis Sie die Seite schließen. Sie können trotzdem chatten.",
  OK: "OK",

  // Conversations

  CONVERSATIONS: "Unterhaltungen",
  SEARCH: "Suchen",
  SEARCH_CONVERSATIONS: "Unterhaltungen durchsuchen",
  NOTHING_FOUND: "Nichts gefunden.",
  NO_CONVERSATIONS: "Hier erscheinen Ihre Unterhaltungen. Sie bleiben in diesem Browser.",
  UNTITLED: "Ohne Titel",
  HAS_WAITING: "Wartet",
  RENAME: "Umbenennen",
  TITLE: "Titel",
  DELETE: "Löschen",
  DELETED: "Gelöscht: {title}",
  UNDO: "Rückgängig",

  // Files

  EXPORT_AND_IMPORT: "Export und Import",
  EXPORT_ONE_MARKDOWN: "Diese als Markdown exportieren",
  EXPORT_ONE_JSON: "Diese als JSON exportieren",
  EXPORT_ALL_MARKDOWN: "Alle als Markdown exportieren",
  EXPORT_ALL_JSON: "Alle als JSON exportieren",
  IMPORT: "JSON oder Markdown importieren",
  IMPORTED_FILE: "Datei für den Import",
  IMPORTED: "Importiert: {added}.",
  ALREADY_HERE: "Schon hier: {known}.",
  IMPORT_PROBLEMS: {
    too_large: "Diese Datei ist zu groß. Die Grenze liegt bei 20 MB.",
    not_ours: "Das ist keine Nexus-Datei. Wählen Sie eine JSON- oder Markdown-Datei, die aus Nexus exportiert wurde.",
    other_version: "Diese Datei wurde von einer anderen Version von Nexus exportiert und kann nicht importiert werden.",
    incomplete: "Das Ende dieser Datei fehlt. Es wurde nichts importiert.",
    damaged: "Diese Datei ist beschädigt. Es wurde nichts importiert.",
    damaged_conversation: "Unterhaltung {position} in dieser Datei ist beschädigt. Es wurde nichts importiert.",
    twice: "Diese Datei enthält eine Unterhaltung doppelt. Es wurde nichts importiert.",
  },
  FILE_WORDS: {
    youInVersion: "Sie (in einer anderen Version)",
    noAnswer: "*Keine Antwort.*",
    endings: {
      done: "",
      stopped: "*Angehalten: Diese Antwort ist nicht vollständig.*",
      failed: "*Unterbrochen: Diese Antwort ist nicht vollständig.*",
    },
  },

  // Text

  SHOW_MORE: "Mehr anzeigen",
  SHOW_LESS: "Weniger anzeigen",
  TASK_DONE: "Erledigt",
  TASK_OPEN: "Zu erledigen",
  TABLE: "Tabelle",
  FORMULA: "Formel",
  CODE: "Code",
  CODE_IN: "Code, {language}",
  COPY: "Kopieren",
  COPY_ANSWER: "Antwort kopieren",
  COPIED: "Kopiert",
  NOT_COPIED: "Nicht kopiert",

  // Time

  ABOUT: "etwa {amount}",
  A_MOMENT: "einen Moment",
  AT_TIME: "um {time}",
  DAY_AT_TIME: "{day} um {time}",
  ON_DATE_AT_TIME: "am {date} um {time}",

  // What screen readers say when something has happened

  SENT: "Gesendet. Warten auf die Antwort.",
  ENDINGS: {
    done: "Die Antwort ist vollständig.",
    queued: "Ihre Nachricht wartet und wird automatisch gesendet.",
    stopped: "Sie haben die Antwort angehalten.",
    failed: "Es gibt ein Problem mit der Antwort. Einzelheiten stehen in der Unterhaltung.",
  },
  ANSWER_READY_TITLE: "Antwort da",
  ANSWER_READY: "Ihre Antwort ist da.",
  NOTIFICATIONS: {
    granted: "Sie werden benachrichtigt, wenn eine Antwort da ist, während Sie nicht auf dieser Seite sind.",
    denied: "Benachrichtigungen sind nicht erlaubt. Sie können das in den Einstellungen Ihres Browsers ändern.",
  },
  CHAT_STARTED: "Neuer Chat.",
  CAN_SEND_AGAIN: "Sie können wieder Nachrichten senden.",
  VERSION_UNDONE: "Was vorher hier stand, ist wieder da.",
  BACK_ONLINE: "Sie sind wieder online.",
  IS_DELETED: "Unterhaltung gelöscht. Sie können das rückgängig machen.",
  IS_RESTORED: "Die Unterhaltung ist wieder da.",
  IS_COPIED: "Kopiert.",
  COPY_REFUSED: "Ihr Browser hat das Kopieren nicht erlaubt. Markieren Sie den Text und kopieren Sie ihn selbst.",

  // Attached files

  ATTACHED_FILES: "Angehängte Dateien",
  ATTACHED_LENGTH: { one: "{count} Zeichen", other: "{count} Zeichen" },
  ATTACHED_TOTAL: "Angehängt: {characters} von {most} Zeichen.",
  ATTACHED_NEEDS_WORDS: "Schreiben Sie, was Sie dazu wissen möchten.",
  ATTACHED_TOO_LONG: "Ihre Nachricht ist mit diesen Dateien zu lang. Kürzen Sie sie, oder entfernen Sie eine Datei.",
  IS_ATTACHED: "Angehängt: {name}.",
  REMOVE_FILE: "{name} entfernen",
  IS_REMOVED: "Entfernt: {name}.",
  DROP_HERE: "Legen Sie Textdateien hier ab, um sie anzuhängen.",
  CONTENTS_LOADING: "Wird geladen …",
  CONTENTS_LOST: "Der Inhalt dieser Datei ist nicht mehr in diesem Browser.",
  FILE_REFUSALS: {
    binary: "{name} ist keine Textdatei. Nur Text kann angehängt werden.",
    empty: "{name} ist leer.",
    not_utf8: "{name} ist kein Text in UTF-8. Speichern Sie die Datei als UTF-8 und versuchen Sie es noch einmal.",
    too_large: "{name} ist zu lang. Alle Dateien einer Nachricht dürfen zusammen {most} Zeichen haben.",
    too_many: "{name} wurde nicht angehängt. Eine Nachricht kann {files} Dateien haben.",
    unreadable: "{name} konnte nicht gelesen werden.",
  },

  // Finding, copying, sharing and hearing what was said

  IS_ANSWERED: "Wird beantwortet …",

  SHARE: "Teilen",
  SHARE_THIS: "Diese Unterhaltung teilen",
  SAVE_AS_PAGE: "Als Webseite speichern",
  COPY_MARKDOWN: "Als Markdown kopieren",
  COPY_PLAIN: "Als reinen Text kopieren",
  SEND_TO_APP: "An eine andere App senden",
  NOT_SHARED: "Ihr Browser hat das nicht geteilt. Speichern Sie die Webseite und senden Sie sie selbst.",
  READ_ALOUD: "Vorlesen",
  STOP_READING: "Vorlesen beenden",
  SHARED_ON: "Geteilt aus {name} am {date}.",
  MAY_BE_WRONG: "Die Antworten hat eine KI geschrieben. Sie können falsch sein.",

  // What visitors say of an answer

  RATE: "Diese Antwort bewerten",
  THUMBS: { up: "Gute Antwort", down: "Schlechte Antwort" },
  WHAT_WAS_WRONG: "Was war falsch? Nur Ihre Auswahl wird gesendet, nicht der Text.",
  REASONS: {
    wrong: "Stimmt nicht",
    incomplete: "Unvollständig",
    off_topic: "Am Thema vorbei",
    too_long: "Zu lang",
    unsafe: "Schädlich",
    other: "Etwas anderes",
  },
  RATED: "Danke. Ihre Bewertung wurde gezählt.",
  NOT_RATED: "Ihre Bewertung wurde nicht gesendet. Bitte versuchen Sie es noch einmal.",
  TOO_OLD_TO_RATE: "Diese Antwort ist zu alt, um bewertet zu werden.",

  // The waiting room

  NEXT_IN_LINE: "Sie sind als Nächstes an der Reihe.",
  NUMBER_IN_LINE: "Sie sind Nummer {number} in der Warteschlange.",
  EXPECTED_ABOUT: {
    minute: { one: "Voraussichtlich in etwa {count} Minute.", other: "Voraussichtlich in etwa {count} Minuten." },
    hour: { one: "Voraussichtlich in etwa {count} Stunde.", other: "Voraussichtlich in etwa {count} Stunden." },
    day: { one: "Voraussichtlich in etwa {count} Tag.", other: "Voraussichtlich in etwa {count} Tagen." },
  },
  EXPECTED_IN: "Voraussichtlich noch {countdown}.",
  EXPECTED_UNKNOWN: "Wir können noch nicht sagen, wie lange es dauert.",
  LEAVE_LINE: "Warteschlange verlassen",
  LINE_LEFT: "Sie haben die Warteschlange verlassen. Ihre Nachricht ist wieder ein Entwurf.",
};
