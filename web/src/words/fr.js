/** Every sentence that a visitor can read or hear, in French. */

/** Why no model answers, by the reason that the service gives. The status page says it too. */
export const NO_MODEL = {
  unreachable: "Aucun modèle n’est joignable.",
  overloaded: "Tous les modèles sont surchargés.",
  errors: "Tous les modèles rencontrent des erreurs internes.",
  silent: "Aucun modèle ne répond à temps.",
  set_aside: "Tous les modèles sont suspendus pour un moment.",
  line: "En ce moment, les messages reçoivent une réponse à tour de rôle.",
};

/** @type {import("./en.js").Catalogue} */
export const catalogue = {
  LOCALE: "fr",

  // Where the page cannot be

  RELOAD: "Recharger",
  NOT_LOADED: "Cette partie de la page ne s’est pas chargée. Vérifiez votre connexion, puis rechargez la page.",
  FRAMED: "Un autre site affiche ce chat dans sa propre page : il est donc désactivé ici.",
  OPEN_ALONE: "Ouvrir le chat dans son propre onglet",

  // Header and settings

  SKIP: "Aller au champ de message",
  NEW_CHAT: "Nouveau chat",
  SETTINGS: "Paramètres",
  THEME: "Thème",
  THEME_NAMES: { system: "Système", light: "Clair", dark: "Sombre" },
  LANGUAGE: "Langue",
  LANGUAGE_OF_BROWSER: "Celle du navigateur",
  LANGUAGE_CHANGED: "Cette page est maintenant en français.",
  SHORTCUTS_TITLE: "Raccourcis clavier",
  SHORTCUT_NAMES: {
    send: "Envoyer le message",
    newLine: "Aller à la ligne",
    stop: "Arrêter la réponse",
    newChat: "Commencer un nouveau chat",
    focusMessage: "Aller au champ de message",
    latest: "Aller au dernier message",
    help: "Afficher ces raccourcis",
  },
  OR: "ou",
  SINGLE_KEYS: "Utiliser les touches simples {slash} et {question}",
  CLOSE: "Fermer",

  // The empty page

  WELCOME: "À quoi pensez-vous ?",
  WELCOME_TEXT: "Posez n’importe quelle question, ou collez un texte à travailler.",
  PROMPTS: [
    "Explique-moi la formation d’un arc-en-ciel comme si j’avais dix ans",
    "Propose trois dîners pour une semaine chargée",
    "Aide-moi à écrire un e-mail aimable mais ferme",
    "Compare trois façons d’apprendre une langue",
  ],
  NOT_HERE:
    "Cette conversation n’est pas dans ce navigateur. Elle a été supprimée ou écrite dans un autre navigateur. Pour la retrouver ici, exportez-la là-bas et importez le fichier ici.",

  NOTICE: "Une IA répond ici. Elle peut se tromper. Les messages sont traités par Google.",
  LINKS: { privacy: "Confidentialité", terms: "Conditions", imprint: "Mentions légales" },

  // Writing

  MESSAGE: "Message",
  WRITE_HERE: "Votre message",
  UNAVAILABLE: "Indisponible",
  ATTACH: "Joindre des fichiers texte",
  SEND: "Envoyer",
  STOP: "Arrêter",

  // Questions

  YOU: "Vous",
  EDIT: "Modifier",
  EDITED_WORDS: "Votre texte",
  EDIT_STARTS_VERSION: "Une nouvelle version commence ici. La suite reste dans la version actuelle.",
  SAVE: "Enregistrer",
  ASK_AGAIN: "Reposer la question",
  CANCEL: "Annuler",
  WAITING: "En attente.",
  WAITING_FOR: {
    another: "Sera envoyé automatiquement après le message précédent.",
    offline: "Sera envoyé automatiquement dès que vous serez de nouveau en ligne.",
    down: "Sera envoyé automatiquement au retour du service.",
    line: "Sera envoyé automatiquement quand ce sera votre tour.",
    visitor_rate_limited: "Vous avez envoyé beaucoup de messages en peu de temps. Celui-ci sera envoyé automatiquement.",
    device_failed: "Cet appareil n’a pas pu répondre. Sera envoyé automatiquement au retour du service.",
    device_too_long: "C’est trop long pour cet appareil. Sera envoyé automatiquement au retour du service.",
  },
  WAITING_ANYHOW: "Sera envoyé automatiquement.",
  WAITING_UNTIL: "À {time}, dans {countdown}.",
  NOTIFY_ME: "M’avertir",
  CANCEL_RESTORES: "Annuler rétablit ce qui était là avant.",

  // Answers

  CONVERSATION: "Conversation",
  LATEST: "Aller au dernier message",
  PROCESSING: "En cours de traitement…",
  ABOUT_MODEL: "À propos du modèle",
  ANSWERED_BY: "Réponse de {model}",
  CHANGED_MODEL: "Commencée par {first}, terminée par {last}",
  CONTINUE: "Continuer",
  RETRY: "Réessayer",
  TRY_AGAIN: "Essayer encore",
  STOPPED: "Arrêtée.",
  TEXT_KEPT: "Le texte déjà reçu est conservé.",
  INTERRUPTED: "Interrompue.",
  NOT_REPLACED: "Pas de meilleure réponse.",
  CONTINUES: "La réponse reprendra automatiquement.",
  NO_ANSWER: "Pas de réponse.",
  TRY_AT: "Réessayez à {time}, dans {countdown}.",
  REFERENCE: "Référence : {id}",
  KEPT_BEFORE: "Ce qui était là avant est conservé.",
  RESTORE: "Restaurer",
  FINISH_NOTES: {
    length: "La réponse a atteint sa longueur maximale.",
    content_filter: "Un filtre de contenu a arrêté la réponse ici.",
  },
  BLOCKED: "Un filtre de contenu a bloqué cette question : il n’y a donc pas de réponse. Essayez avec d’autres mots.",
  REPHRASE: "Reformuler la question",

  FAILURES: {
    answer_interrupted: { what: "Le modèle s’est arrêté avant la fin.", next: "Réessayez." },
    deadline_exceeded: { what: "La réponse a pris trop de temps.", next: "Réessayez, ou posez une question plus courte." },
    device_failed: { what: "Le modèle de cet appareil s’est arrêté.", next: "Vous pourrez réessayer au retour du service." },
    device_interrupted: { what: "La page a été fermée avant que cet appareil ait terminé.", next: "Vous pourrez réessayer au retour du service." },
    empty_reply: { what: "La réponse était vide.", next: "Réessayez, ou reformulez la question." },
    idle_timeout: { what: "La réponse a cessé d’arriver.", next: "Réessayez." },
    internal_error: { what: "Une erreur s’est produite de notre côté.", next: "Réessayez dans un instant." },
    interrupted: { what: "La connexion a été perdue avant la fin de la réponse.", next: "Réessayez." },
    models_exhausted: { what: "Tous les modèles ont atteint leur limite.", next: "Votre message est enregistré. Réessayez au retour du service." },
    models_unavailable: { what: "Aucun modèle ne répond pour le moment.", next: "Votre message est enregistré." },
    network: { what: "Impossible de joindre le service.", next: "Vérifiez votre connexion et réessayez." },
    offline: { what: "Vous êtes hors ligne.", next: "Vérifiez votre connexion et réessayez." },
    outdated_page: { what: "Cette page n’est plus compatible avec le service.", next: "Rechargez-la et réessayez." },
    request_too_large: { what: "C’est plus de texte que le service ne peut en traiter en une fois.", next: "Raccourcissez votre message, ou commencez un nouveau chat." },
    service_misconfigured: { what: "Il y a un problème de notre côté.", next: "Veuillez réessayer plus tard." },
    unavailable: { what: "Le service n’est pas disponible pour le moment.", next: "Réessayez dans un instant." },
    unconfirmed: { what: "La page a été fermée avant que le service ait confirmé ce message.", next: "Il a peut-être été envoyé." },
    unexpected_reply: { what: "Le service a envoyé quelque chose que cette page ne peut pas lire.", next: "Réessayez dans un instant." },
    visitor_rate_limited: { what: "Vous avez envoyé beaucoup de messages en peu de temps.", next: "Attendez un peu, puis réessayez." },
  },
  NO_MODEL,

  // Versions of a question, and of the answer to the same words

  QUESTION_VERSIONS: "Versions de votre message",
  ANSWER_VERSIONS: "Versions de la réponse",
  PREVIOUS_VERSION: "Version précédente",
  NEXT_VERSION: "Version suivante",
  VERSION_OF: "{position} sur {count}",
  VERSION_OPENED: "Version {position} sur {count}.",

  // The service as a whole

  SERVICE_STATUS: "État du service",
  DOWN: "Temporairement indisponible.",
  DOWN_KEPT: "Les messages en attente sont enregistrés et seront envoyés automatiquement.",
  EXPECTED_BACK: "Retour prévu {when}, dans {countdown}.",
  TRIED_BEFORE: "Nous continuons d’essayer d’ici là.",
  TRYING_IN: "Nouvel essai dans {countdown}.",
  CHECKING: "Nouvelle vérification toutes les 30 secondes.",

  // Answers from the model that the visitor's browser has, while the service has none

  THIS_DEVICE: "cet appareil",
  FROM_DEVICE: "De cet appareil",
  DEVICE_OFFER:
    "Votre navigateur a son propre petit modèle de langage. Il peut répondre sur cet appareil. Langues : {languages}. Rien n’est envoyé, mais attendez-vous à plus d’erreurs.",
  DEVICE_DOWNLOAD: {
    downloadable: "Il est d’abord téléchargé, ce qui peut représenter plusieurs gigaoctets.",
    downloading: "Votre navigateur est déjà en train de le télécharger.",
  },
  DEVICE_START: "Répondre sur cet appareil",
  DEVICE_DOWNLOAD_AND_START: "Télécharger et répondre sur cet appareil",
  DEVICE_DOWNLOADED: "Téléchargement du modèle : {share}",
  DEVICE_STARTING: "Démarrage du modèle…",
  DEVICE_NOT_STARTED: "Le modèle de cet appareil n’a pas démarré.",
  DEVICE_IS_ON: "Cet appareil répond jusqu’au retour du service.",
  DEVICE_END: "Désactiver",

  OFFLINE: "Vous êtes hors ligne. Vos conversations sont toujours là, mais il faut une connexion pour recevoir des réponses.",
  SERVICE_NOTES: {
    unknown: "Nous ne pouvons pas vérifier le service pour le moment. Vous pouvez quand même envoyer des messages.",
    misconfigured: "Il y a un problème de notre côté. Veuillez réessayer plus tard.",
    line: "En ce moment, les messages reçoivent une réponse à tour de rôle. Le vôtre attendra son tour.",
  },
  NOT_STORED:
    "Ce navigateur n’enregistre pas vos conversations, ou n’a plus de place. Les nouveaux messages restent jusqu’à la fermeture de la page. Vous pouvez quand même discuter.",
  OK: "OK",

  // Conversations

  CONVERSATIONS: "Conversations",
  SEARCH: "Rechercher",
  SEARCH_CONVERSATIONS: "Rechercher dans les conversations",
  NOTHING_FOUND: "Aucun résultat.",
  NO_CONVERSATIONS: "Vos conversations s’afficheront ici. Elles restent dans ce navigateur.",
  UNTITLED: "Sans titre",
  HAS_WAITING: "En attente",
  RENAME: "Renommer",
  TITLE: "Titre",
  DELETE: "Supprimer",
  DELETED: "Supprimée : {title}",
  UNDO: "Rétablir",

  // Files

  EXPORT_AND_IMPORT: "Exporter et importer",
  EXPORT_ONE_MARKDOWN: "Exporter celle-ci en Markdown",
  EXPORT_ONE_JSON: "Exporter celle-ci en JSON",
  EXPORT_ALL_MARKDOWN: "Tout exporter en Markdown",
  EXPORT_ALL_JSON: "Tout exporter en JSON",
  IMPORT: "Importer du JSON ou du Markdown",
  IMPORTED_FILE: "Fichier à importer",
  IMPORTED: "Importées : {added}.",
  ALREADY_HERE: "Déjà présentes : {known}.",
  IMPORT_PROBLEMS: {
    too_large: "Ce fichier est trop volumineux. La limite est de 20 Mo.",
    not_ours: "Ce n’est pas un fichier de Nexus. Choisissez un fichier JSON ou Markdown exporté depuis Nexus.",
    other_version: "Ce fichier a été exporté par une autre version de Nexus et ne peut pas être importé.",
    incomplete: "Il manque la fin de ce fichier. Rien n’a été importé.",
    damaged: "Ce fichier est endommagé. Rien n’a été importé.",
    damaged_conversation: "La conversation {position} de ce fichier est endommagée. Rien n’a été importé.",
    twice: "Ce fichier contient deux fois la même conversation. Rien n’a été importé.",
  },
  FILE_WORDS: {
    youInVersion: "Vous (dans une autre version)",
    noAnswer: "*Pas de réponse.*",
    endings: {
      done: "",
      stopped: "*Arrêtée : cette réponse n’est pas complète.*",
      failed: "*Interrompue : cette réponse n’est pas complète.*",
    },
  },

  // Text

  SHOW_MORE: "Afficher plus",
  SHOW_LESS: "Afficher moins",
  TASK_DONE: "Fait",
  TASK_OPEN: "À faire",
  TABLE: "Tableau",
  FORMULA: "Formule",
  CODE: "Code",
  CODE_IN: "Code, {language}",
  COPY: "Copier",
  COPY_ANSWER: "Copier la réponse",
  COPIED: "Copié",
  NOT_COPIED: "Non copié",

  // Time

  ABOUT: "environ {amount}",
  A_MOMENT: "un instant",
  AT_TIME: "à {time}",
  DAY_AT_TIME: "{day} à {time}",
  ON_DATE_AT_TIME: "{date} à {time}",

  // What screen readers say when something has happened

  SENT: "Envoyé. En attente de la réponse.",
  ENDINGS: {
    done: "Réponse complète.",
    queued: "Votre message est en attente et sera envoyé automatiquement.",
    stopped: "Vous avez arrêté la réponse.",
    failed: "Il y a un problème avec la réponse. Les détails sont dans la conversation.",
  },
  ANSWER_READY_TITLE: "Réponse prête",
  ANSWER_READY: "Votre réponse est prête.",
  NOTIFICATIONS: {
    granted: "Une notification vous avertira quand une réponse sera prête et que vous ne serez pas sur cette page.",
    denied: "Les notifications ne sont pas autorisées. Vous pouvez changer cela dans les paramètres de votre navigateur.",
  },
  CHAT_STARTED: "Nouveau chat.",
  CAN_SEND_AGAIN: "Vous pouvez de nouveau envoyer des messages.",
  VERSION_UNDONE: "Ce qui était là avant est de retour.",
  BACK_ONLINE: "Vous êtes de nouveau en ligne.",
  IS_DELETED: "Conversation supprimée. Vous pouvez la rétablir.",
  IS_RESTORED: "La conversation est de retour.",
  IS_COPIED: "Copié.",
  COPY_REFUSED: "Votre navigateur n’a pas autorisé la copie. Sélectionnez le texte et copiez-le vous-même.",

  // Attached files

  ATTACHED_FILES: "Fichiers joints",
  ATTACHED_LENGTH: { one: "{count} caractère", other: "{count} caractères" },
  ATTACHED_TOTAL: "Joint : {characters} caractères sur {most}.",
  ATTACHED_NEEDS_WORDS: "Écrivez ce que vous voulez savoir à ce sujet.",
  ATTACHED_TOO_LONG: "Votre message est trop long avec ces fichiers. Raccourcissez-le, ou retirez un fichier.",
  IS_ATTACHED: "Joint : {name}.",
  REMOVE_FILE: "Retirer {name}",
  IS_REMOVED: "Retiré : {name}.",
  DROP_HERE: "Déposez des fichiers texte pour les joindre.",
  CONTENTS_LOADING: "Chargement…",
  CONTENTS_LOST: "Le contenu de ce fichier n’est plus dans ce navigateur.",
  FILE_REFUSALS: {
    binary: "{name} n’est pas un fichier texte. Seul du texte peut être joint.",
    empty: "{name} est vide.",
    not_utf8: "{name} n’est pas du texte UTF-8. Enregistrez-le en UTF-8 et réessayez.",
    too_large: "{name} est trop long. Les fichiers d’un message peuvent contenir {most} caractères au total.",
    too_many: "{name} n’a pas été joint. Un message peut contenir {files} fichiers.",
    unreadable: "{name} n’a pas pu être lu.",
  },

  // Finding, copying, sharing and hearing what was said

  IS_ANSWERED: "Réponse en cours…",

  SHARE: "Partager",
  SHARE_THIS: "Partager cette conversation",
  SAVE_AS_PAGE: "Enregistrer comme page web",
  COPY_MARKDOWN: "Copier en Markdown",
  COPY_PLAIN: "Copier en texte brut",
  SEND_TO_APP: "Envoyer à une autre application",
  NOT_SHARED: "Votre navigateur n’a pas partagé ceci. Enregistrez la page web et envoyez-la vous-même.",
  READ_ALOUD: "Lire à voix haute",
  STOP_READING: "Arrêter la lecture",
  SHARED_ON: "Partagée depuis {name} le {date}.",
  MAY_BE_WRONG: "Les réponses ont été écrites par une IA et peuvent être fausses.",

  // What visitors say of an answer

  RATE: "Évaluer cette réponse",
  THUMBS: { up: "Bonne réponse", down: "Mauvaise réponse" },
  WHAT_WAS_WRONG: "Quel était le problème ? Seul votre choix est envoyé, pas le texte.",
  REASONS: {
    wrong: "Inexacte",
    incomplete: "Incomplète",
    off_topic: "Hors sujet",
    too_long: "Trop longue",
    unsafe: "Nuisible",
    other: "Autre chose",
  },
  RATED: "Merci. Votre évaluation a été prise en compte.",
  NOT_RATED: "Votre évaluation n’a pas été envoyée. Veuillez réessayer.",
  TOO_OLD_TO_RATE: "Cette réponse est trop ancienne pour être évaluée.",

  // The waiting room

  NEXT_IN_LINE: "Vous êtes en tête de la file d’attente.",
  NUMBER_IN_LINE: "Vous avez le numéro {number} dans la file d’attente.",
  EXPECTED_ABOUT: {
    minute: { one: "Votre tour est prévu dans environ {count} minute.", other: "Votre tour est prévu dans environ {count} minutes." },
    hour: { one: "Votre tour est prévu dans environ {count} heure.", other: "Votre tour est prévu dans environ {count} heures." },
    day: { one: "Votre tour est prévu dans environ {count} jour.", other: "Votre tour est prévu dans environ {count} jours." },
  },
  EXPECTED_IN: "Votre tour est prévu dans {countdown}.",
  EXPECTED_UNKNOWN: "Nous ne pouvons pas encore dire combien de temps cela prendra.",
  LEAVE_LINE: "Quitter la file d’attente",
  LINE_LEFT: "Vous avez quitté la file d’attente. Votre message est de nouveau un brouillon.",
};
