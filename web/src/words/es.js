/** Every sentence that a visitor can read or hear, in Spanish. */

/** Why no model answers, by the reason that the service gives. The status page says it too. */
export const NO_MODEL = {
  unreachable: "No se puede contactar con ningún modelo.",
  overloaded: "Todos los modelos están sobrecargados.",
  errors: "Todos los modelos tienen errores internos.",
  silent: "Ningún modelo responde a tiempo.",
  set_aside: "Todos los modelos están suspendidos por un tiempo.",
  line: "Los mensajes se responden por turno en este momento.",
};

/** @type {import("./en.js").Catalogue} */
export const catalogue = {
  LOCALE: "es",

  // Where the page cannot be

  RELOAD: "Recargar",
  NOT_LOADED: "Esta parte de la página no se ha cargado. Comprueba tu conexión y recarga la página.",
  FRAMED: "Otro sitio muestra este chat dentro de su propia página, por eso aquí está desactivado.",
  OPEN_ALONE: "Abrir el chat en su propia pestaña",

  // Header and settings

  SKIP: "Ir al cuadro de mensaje",
  NEW_CHAT: "Nuevo chat",
  SETTINGS: "Ajustes",
  THEME: "Tema",
  THEME_NAMES: { system: "Sistema", light: "Claro", dark: "Oscuro" },
  LANGUAGE: "Idioma",
  LANGUAGE_OF_BROWSER: "El del navegador",
  LANGUAGE_CHANGED: "Esta página está ahora en español.",
  SHORTCUTS_TITLE: "Atajos de teclado",
  SHORTCUT_NAMES: {
    send: "Enviar el mensaje",
    newLine: "Empezar una línea nueva",
    stop: "Detener la respuesta",
    newChat: "Empezar un chat nuevo",
    focusMessage: "Ir al cuadro de mensaje",
    latest: "Ir al último mensaje",
    help: "Mostrar estos atajos",
  },
  OR: "o",
  SINGLE_KEYS: "Usar las teclas sueltas {slash} y {question}",
  CLOSE: "Cerrar",

  // The empty page

  WELCOME: "¿Qué tienes en mente?",
  WELCOME_TEXT: "Pregunta lo que quieras o pega un texto para trabajar con él.",
  PROMPTS: [
    "Explícame cómo se forma un arcoíris como si tuviera diez años",
    "Planea tres cenas para una semana con poco tiempo",
    "Ayúdame a escribir un correo amable pero firme",
    "Compara tres formas de aprender un idioma",
  ],
  NOT_HERE:
    "Esta conversación no está en este navegador. Se ha eliminado o se escribió en otro navegador. Para traerla aquí, expórtala allí e importa aquí el archivo.",

  NOTICE: "Aquí responde una IA. Puede equivocarse. Google procesa los mensajes.",
  LINKS: { privacy: "Privacidad", terms: "Condiciones", imprint: "Aviso legal" },

  // Writing

  MESSAGE: "Mensaje",
  WRITE_HERE: "Tu mensaje",
  UNAVAILABLE: "No disponible",
  ATTACH: "Adjuntar archivos de texto",
  SEND: "Enviar",
  STOP: "Detener",

  // Questions

  YOU: "Tú",
  EDIT: "Editar",
  EDITED_WORDS: "Tu texto",
  EDIT_STARTS_VERSION: "Así empieza una versión nueva. Lo que hay debajo se queda en la versión actual.",
  SAVE: "Guardar",
  ASK_AGAIN: "Preguntar de nuevo",
  CANCEL: "Cancelar",
  WAITING: "En espera.",
  WAITING_FOR: {
    another: "Se enviará automáticamente después del mensaje anterior.",
    offline: "Se enviará automáticamente cuando vuelvas a tener conexión.",
    down: "Se enviará automáticamente cuando vuelva el servicio.",
    line: "Se enviará automáticamente cuando llegue tu turno.",
    visitor_rate_limited: "Has enviado muchos mensajes en poco tiempo. Este se enviará automáticamente.",
    device_failed: "Este dispositivo no ha podido responder. Se enviará automáticamente cuando vuelva el servicio.",
    device_too_long: "Esto es demasiado largo para este dispositivo. Se enviará automáticamente cuando vuelva el servicio.",
  },
  WAITING_ANYHOW: "Se enviará automáticamente.",
  WAITING_UNTIL: "Hora prevista: {time}, en {countdown}.",
  NOTIFY_ME: "Avisarme",
  CANCEL_RESTORES: "Al cancelar se recupera lo que había antes.",

  // Answers

  CONVERSATION: "Conversación",
  LATEST: "Ir al último mensaje",
  PROCESSING: "Procesando…",
  ABOUT_MODEL: "Acerca del modelo",
  ANSWERED_BY: "Respondido por {model}",
  CHANGED_MODEL: "Empezada por {first}, terminada por {last}",
  CONTINUE: "Continuar",
  RETRY: "Reintentar",
  TRY_AGAIN: "Probar otra vez",
  STOPPED: "Detenida.",
  TEXT_KEPT: "El texto recibido se conserva.",
  INTERRUPTED: "Interrumpida.",
  NOT_REPLACED: "No hay una respuesta mejor.",
  CONTINUES: "Continuará automáticamente.",
  NO_ANSWER: "Sin respuesta.",
  TRY_AT: "Podrás volver a intentarlo en {countdown} ({time}).",
  REFERENCE: "Referencia: {id}",
  KEPT_BEFORE: "Lo que había antes se conserva.",
  RESTORE: "Recuperarlo",
  FINISH_NOTES: {
    length: "La respuesta ha alcanzado su longitud máxima.",
    content_filter: "Un filtro de contenido ha detenido la respuesta aquí.",
  },
  BLOCKED: "Un filtro de contenido ha bloqueado esta pregunta, por eso no hay respuesta. Prueba con otras palabras.",
  REPHRASE: "Reformular la pregunta",

  FAILURES: {
    answer_interrupted: { what: "El modelo se detuvo antes de terminar.", next: "Inténtalo de nuevo." },
    deadline_exceeded: { what: "La respuesta tardó demasiado.", next: "Inténtalo de nuevo o haz una pregunta más corta." },
    device_failed: { what: "El modelo de este dispositivo se detuvo.", next: "Podrás intentarlo de nuevo cuando vuelva el servicio." },
    device_interrupted: { what: "La página se cerró antes de que este dispositivo terminara.", next: "Podrás intentarlo de nuevo cuando vuelva el servicio." },
    empty_reply: { what: "La respuesta estaba vacía.", next: "Inténtalo de nuevo o reformula la pregunta." },
    idle_timeout: { what: "La respuesta dejó de llegar.", next: "Inténtalo de nuevo." },
    internal_error: { what: "Algo ha fallado por nuestra parte.", next: "Inténtalo de nuevo en un momento." },
    interrupted: { what: "Se perdió la conexión antes de completar la respuesta.", next: "Inténtalo de nuevo." },
    models_exhausted: {
      what: "Todos los modelos han alcanzado su límite.",
      next: "Tu mensaje está guardado. Inténtalo de nuevo cuando vuelva el servicio.",
    },
    models_unavailable: { what: "Ningún modelo responde en este momento.", next: "Tu mensaje está guardado." },
    network: { what: "No se ha podido contactar con el servicio.", next: "Comprueba tu conexión e inténtalo de nuevo." },
    offline: { what: "No tienes conexión.", next: "Comprueba tu conexión e inténtalo de nuevo." },
    outdated_page: { what: "Esta página ya no es compatible con el servicio.", next: "Recárgala e inténtalo de nuevo." },
    request_too_large: { what: "Es más texto del que el servicio puede procesar de una vez.", next: "Acorta tu mensaje o empieza un chat nuevo." },
    service_misconfigured: { what: "Hay un problema por nuestra parte.", next: "Inténtalo de nuevo más tarde." },
    unavailable: { what: "El servicio no está disponible ahora.", next: "Inténtalo de nuevo en un momento." },
    unconfirmed: { what: "La página se cerró antes de que el servicio confirmara este mensaje.", next: "Es posible que se haya enviado." },
    unexpected_reply: { what: "El servicio ha enviado algo que esta página no puede leer.", next: "Inténtalo de nuevo en un momento." },
    visitor_rate_limited: { what: "Has enviado muchos mensajes en poco tiempo.", next: "Espera un poco e inténtalo de nuevo." },
  },
  NO_MODEL,

  // Versions of a question, and of the answer to the same words

  QUESTION_VERSIONS: "Versiones de tu mensaje",
  ANSWER_VERSIONS: "Versiones de la respuesta",
  PREVIOUS_VERSION: "Versión anterior",
  NEXT_VERSION: "Versión siguiente",
  VERSION_OF: "{position} de {count}",
  VERSION_OPENED: "Versión {position} de {count}.",

  // The service as a whole

  SERVICE_STATUS: "Estado del servicio",
  DOWN: "No disponible por el momento.",
  DOWN_KEPT: "Los mensajes en espera están guardados y se enviarán automáticamente.",
  EXPECTED_BACK: "Se espera que vuelva en {countdown} ({when}).",
  TRIED_BEFORE: "Hasta entonces lo seguiremos intentando.",
  TRYING_IN: "Lo intentaremos de nuevo en {countdown}.",
  CHECKING: "Lo comprobamos cada 30 segundos.",

  // Answers from the model that the visitor's browser has, while the service has none

  THIS_DEVICE: "este dispositivo",
  FROM_DEVICE: "De este dispositivo",
  DEVICE_OFFER:
    "Tu navegador tiene su propio modelo de lenguaje pequeño. Puede responder en este dispositivo. Idiomas: {languages}. No se envía nada, pero cabe esperar más errores.",
  DEVICE_DOWNLOAD: {
    downloadable: "Primero hay que descargarlo, y puede ocupar varios gigabytes.",
    downloading: "Tu navegador ya lo está descargando.",
  },
  DEVICE_START: "Responder en este dispositivo",
  DEVICE_DOWNLOAD_AND_START: "Descargar y responder en este dispositivo",
  DEVICE_DOWNLOADED: "Descargando el modelo: {share}",
  DEVICE_STARTING: "Iniciando el modelo…",
  DEVICE_NOT_STARTED: "El modelo de este dispositivo no se ha iniciado.",
  DEVICE_IS_ON: "Este dispositivo responde hasta que vuelva el servicio.",
  DEVICE_END: "Desactivar",

  OFFLINE: "No tienes conexión. Tus conversaciones siguen aquí, pero las respuestas necesitan conexión.",
  SERVICE_NOTES: {
    unknown: "No podemos comprobar el servicio en este momento. Aun así puedes enviar mensajes.",
    misconfigured: "Hay un problema por nuestra parte. Inténtalo de nuevo más tarde.",
    line: "Los mensajes se responden por turno en este momento. El tuyo esperará su turno.",
  },
  NOT_STORED:
    "Este navegador no guarda tus conversaciones o no tiene espacio para más. Los mensajes nuevos duran hasta que cierres la página. Aun así puedes chatear.",
  OK: "Aceptar",

  // Conversations

  CONVERSATIONS: "Conversaciones",
  SEARCH: "Buscar",
  SEARCH_CONVERSATIONS: "Buscar en las conversaciones",
  NOTHING_FOUND: "No se ha encontrado nada.",
  NO_CONVERSATIONS: "Tus conversaciones aparecerán aquí. Se quedan en este navegador.",
  UNTITLED: "Sin título",
  HAS_WAITING: "En espera",
  RENAME: "Cambiar el nombre",
  TITLE: "Título",
  DELETE: "Eliminar",
  DELETED: "Eliminada: {title}",
  UNDO: "Deshacer",

  // Files

  EXPORT_AND_IMPORT: "Exportar e importar",
  EXPORT_ONE_MARKDOWN: "Exportar esta como Markdown",
  EXPORT_ONE_JSON: "Exportar esta como JSON",
  EXPORT_ALL_MARKDOWN: "Exportar todas como Markdown",
  EXPORT_ALL_JSON: "Exportar todas como JSON",
  IMPORT: "Importar JSON o Markdown",
  IMPORTED_FILE: "Archivo para importar",
  IMPORTED: "Importadas: {added}.",
  ALREADY_HERE: "Ya estaban aquí: {known}.",
  IMPORT_PROBLEMS: {
    too_large: "Este archivo es demasiado grande. El límite es de 20 MB.",
    not_ours: "Este no es un archivo de Nexus. Elige un archivo JSON o Markdown exportado desde Nexus.",
    other_version: "Este archivo se exportó con otra versión de Nexus y no se puede importar.",
    incomplete: "Falta el final de este archivo. No se importó nada.",
    damaged: "Este archivo está dañado. No se ha importado nada.",
    damaged_conversation: "La conversación {position} de este archivo está dañada. No se ha importado nada.",
    twice: "Este archivo contiene una conversación dos veces. No se ha importado nada.",
  },
  FILE_WORDS: {
    youInVersion: "Tú (en otra versión)",
    noAnswer: "*Sin respuesta.*",
    endings: {
      done: "",
      stopped: "*Detenida: esta respuesta no está completa.*",
      failed: "*Interrumpida: esta respuesta no está completa.*",
    },
  },

  // Text

  SHOW_MORE: "Mostrar más",
  SHOW_LESS: "Mostrar menos",
  TASK_DONE: "Hecho",
  TASK_OPEN: "Por hacer",
  TABLE: "Tabla",
  FORMULA: "Fórmula",
  CODE: "Código",
  CODE_IN: "Código, {language}",
  COPY: "Copiar",
  COPY_ANSWER: "Copiar la respuesta",
  COPIED: "Copiado",
  NOT_COPIED: "No copiado",

  // Time

  ABOUT: "aproximadamente {amount}",
  A_MOMENT: "un momento",
  AT_TIME: "hoy, {time}",
  DAY_AT_TIME: "{day}, {time}",
  ON_DATE_AT_TIME: "{date}, {time}",

  // What screen readers say when something has happened

  SENT: "Enviado. Esperando la respuesta.",
  ENDINGS: {
    done: "Respuesta completa.",
    queued: "Tu mensaje está en espera y se enviará automáticamente.",
    stopped: "Has detenido la respuesta.",
    failed: "Hay un problema con la respuesta. Mira los detalles en la conversación.",
  },
  ANSWER_READY_TITLE: "Respuesta lista",
  ANSWER_READY: "Tu respuesta está lista.",
  NOTIFICATIONS: {
    granted: "Te avisaremos cuando haya una respuesta lista y no estés en esta página.",
    denied: "Las notificaciones no están permitidas. Puedes cambiarlo en los ajustes de tu navegador.",
  },
  CHAT_STARTED: "Chat nuevo.",
  CAN_SEND_AGAIN: "Ya puedes volver a enviar mensajes.",
  VERSION_UNDONE: "Ha vuelto lo que había antes.",
  BACK_ONLINE: "Vuelves a tener conexión.",
  IS_DELETED: "Conversación eliminada. Puedes deshacerlo.",
  IS_RESTORED: "La conversación ha vuelto.",
  IS_COPIED: "Copiado.",
  COPY_REFUSED: "Tu navegador no ha permitido copiar. Selecciona el texto y cópialo tú.",

  // Attached files

  ATTACHED_FILES: "Archivos adjuntos",
  ATTACHED_LENGTH: { one: "{count} carácter", other: "{count} caracteres" },
  ATTACHED_TOTAL: "Adjuntado: {characters} de {most} caracteres.",
  ATTACHED_NEEDS_WORDS: "Escribe qué quieres saber sobre ello.",
  ATTACHED_TOO_LONG: "Tu mensaje es demasiado largo con estos archivos. Acórtalo o quita un archivo.",
  IS_ATTACHED: "Adjuntado: {name}.",
  REMOVE_FILE: "Quitar {name}",
  IS_REMOVED: "Quitado: {name}.",
  DROP_HERE: "Suelta archivos de texto para adjuntarlos.",
  CONTENTS_LOADING: "Cargando…",
  CONTENTS_LOST: "El contenido de este archivo ya no está en este navegador.",
  FILE_REFUSALS: {
    binary: "{name} no es un archivo de texto. Solo se puede adjuntar texto.",
    empty: "{name} está vacío.",
    not_utf8: "{name} no es texto UTF-8. Guárdalo como UTF-8 e inténtalo de nuevo.",
    too_large: "{name} es demasiado largo. Todos los archivos de un mensaje pueden tener {most} caracteres en total.",
    too_many: "{name} no se ha adjuntado. Un mensaje puede tener {files} archivos.",
    unreadable: "No se ha podido leer {name}.",
  },

  // Finding, copying, sharing and hearing what was said

  IS_ANSWERED: "Respondiendo…",

  SHARE: "Compartir",
  SHARE_THIS: "Compartir esta conversación",
  SAVE_AS_PAGE: "Guardar como página web",
  COPY_MARKDOWN: "Copiar como Markdown",
  COPY_PLAIN: "Copiar sin formato",
  SEND_TO_APP: "Enviar a otra aplicación",
  NOT_SHARED: "Tu navegador no lo ha compartido. Guarda la página web y envíala tú.",
  READ_ALOUD: "Leer en voz alta",
  STOP_READING: "Dejar de leer",
  SHARED_ON: "Compartida desde {name} el {date}.",
  MAY_BE_WRONG: "Las respuestas las ha escrito una IA y pueden ser incorrectas.",

  // What visitors say of an answer

  RATE: "Valorar esta respuesta",
  THUMBS: { up: "Buena respuesta", down: "Mala respuesta" },
  WHAT_WAS_WRONG: "¿Qué ha fallado? Solo se envía lo que eliges, no el texto.",
  REASONS: {
    wrong: "No es cierto",
    incomplete: "Incompleta",
    off_topic: "No viene al caso",
    too_long: "Demasiado larga",
    unsafe: "Dañina",
    other: "Otra cosa",
  },
  RATED: "Gracias. Tu valoración se ha contado.",
  NOT_RATED: "Tu valoración no se ha enviado. Inténtalo de nuevo.",
  TOO_OLD_TO_RATE: "Esta respuesta es demasiado antigua para valorarla.",

  // The waiting room

  NEXT_IN_LINE: "Eres la siguiente persona en la cola.",
  NUMBER_IN_LINE: "Tienes el número {number} en la cola.",
  EXPECTED_ABOUT: {
    minute: { one: "Tu turno llegará en {count} minuto, aproximadamente.", other: "Tu turno llegará en {count} minutos, aproximadamente." },
    hour: { one: "Tu turno llegará en {count} hora, aproximadamente.", other: "Tu turno llegará en {count} horas, aproximadamente." },
    day: { one: "Tu turno llegará en {count} día, aproximadamente.", other: "Tu turno llegará en {count} días, aproximadamente." },
  },
  EXPECTED_IN: "Tu turno llegará en {countdown}.",
  EXPECTED_UNKNOWN: "Todavía no podemos decir cuánto tardará.",
  LEAVE_LINE: "Salir de la cola",
  LINE_LEFT: "Has salido de la cola. Tu mensaje vuelve a ser un borrador.",
};
