/** Every sentence that a visitor can read or hear, in Modern Standard Arabic. */

/** Why no model answers, by the reason that the service gives. The status page says it too. */
export const NO_MODEL = {
  unreachable: "لا يمكن الوصول إلى أي نموذج.",
  overloaded: "جميع النماذج مثقلة بالطلبات.",
  errors: "تواجه جميع النماذج أخطاء داخلية.",
  silent: "لا يجيب أي نموذج في الوقت المناسب.",
  set_aside: "جميع النماذج موقوفة لبعض الوقت.",
  line: "تُجاب الرسائل حاليًا بحسب الدور.",
};

/** @type {import("./en.js").Catalogue} */
export const catalogue = {
  // digits as in countdowns, and in most of what people paste
  LOCALE: "ar-u-nu-latn",

  // Where the page cannot be

  RELOAD: "إعادة التحميل",
  NOT_LOADED: "لم يُحمَّل هذا الجزء من الصفحة. تحقق من اتصالك ثم أعد تحميل الصفحة.",
  FRAMED: "يعرض موقع آخر هذه المحادثة داخل صفحته، لذلك أُوقفت هنا.",
  OPEN_ALONE: "فتح المحادثة في علامة تبويب خاصة بها",

  // Header and settings

  SKIP: "الانتقال إلى مربع الرسالة",
  NEW_CHAT: "محادثة جديدة",
  SETTINGS: "الإعدادات",
  THEME: "المظهر",
  THEME_NAMES: { system: "النظام", light: "فاتح", dark: "داكن" },
  LANGUAGE: "اللغة",
  LANGUAGE_OF_BROWSER: "لغة المتصفح",
  LANGUAGE_CHANGED: "أصبحت هذه الصفحة باللغة العربية.",
  SHORTCUTS_TITLE: "اختصارات لوحة المفاتيح",
  SHORTCUT_NAMES: {
    send: "إرسال الرسالة",
    newLine: "بدء سطر جديد",
    stop: "إيقاف الإجابة",
    newChat: "بدء محادثة جديدة",
    focusMessage: "الانتقال إلى مربع الرسالة",
    latest: "الانتقال إلى أحدث رسالة",
    help: "عرض هذه الاختصارات",
  },
  OR: "أو",
  SINGLE_KEYS: "استخدام المفتاحين المنفردين {slash} و{question}",
  CLOSE: "إغلاق",

  // The empty page

  WELCOME: "بماذا تفكر؟",
  WELCOME_TEXT: "اسأل عن أي شيء، أو الصق نصًا للعمل عليه.",
  PROMPTS: [
    "اشرح لي كيف يتكوّن قوس قزح كأنني في العاشرة من عمري",
    "خطّط لثلاث وجبات عشاء لأسبوع مزدحم",
    "ساعدني في كتابة رسالة بريد إلكتروني لطيفة ولكن حازمة",
    "قارن بين ثلاث طرق لتعلّم لغة",
  ],
  NOT_HERE:
    "هذه المحادثة ليست في هذا المتصفح. إما أنها حُذفت أو كُتبت في متصفح آخر. لإحضارها إلى هنا، صدّرها من هناك ثم استورد الملف هنا.",

  NOTICE: "يجيب هنا ذكاء اصطناعي، وقد يخطئ. تعالج Google الرسائل.",
  LINKS: { privacy: "الخصوصية", terms: "الشروط", imprint: "بيانات الناشر" },

  // Writing

  MESSAGE: "الرسالة",
  WRITE_HERE: "اكتب رسالة",
  UNAVAILABLE: "غير متاح",
  ATTACH: "إرفاق ملفات نصية",
  SEND: "إرسال",
  STOP: "إيقاف",

  // Questions

  YOU: "أنت",
  EDIT: "تعديل",
  EDITED_WORDS: "نصك",
  EDIT_STARTS_VERSION: "يبدأ بهذا إصدار جديد، ويبقى ما يلي مع الإصدار الحالي.",
  SAVE: "حفظ",
  ASK_AGAIN: "السؤال مجددًا",
  CANCEL: "إلغاء",
  WAITING: "في الانتظار.",
  WAITING_FOR: {
    another: "ستُرسل تلقائيًا بعد الرسالة السابقة.",
    offline: "ستُرسل تلقائيًا عند عودة اتصالك بالإنترنت.",
    down: "ستُرسل تلقائيًا عند عودة الخدمة.",
    line: "ستُرسل تلقائيًا عندما يحين دورك.",
    visitor_rate_limited: "أرسلت رسائل كثيرة في وقت قصير. ستُرسل هذه الرسالة تلقائيًا.",
    device_failed: "لم يتمكن هذا الجهاز من الإجابة. ستُرسل تلقائيًا عند عودة الخدمة.",
    device_too_long: "هذا أطول مما يستوعبه هذا الجهاز. ستُرسل تلقائيًا عند عودة الخدمة.",
  },
  WAITING_ANYHOW: "ستُرسل تلقائيًا.",
  WAITING_UNTIL: "الساعة {time}. الوقت المتبقي: {countdown}.",
  NOTIFY_ME: "أبلغني",
  CANCEL_RESTORES: "يعيد الإلغاء ما كان هنا من قبل.",

  // Answers

  CONVERSATION: "المحادثة",
  LATEST: "الانتقال إلى أحدث رسالة",
  PROCESSING: "جارٍ المعالجة…",
  ABOUT_MODEL: "حول النموذج",
  ANSWERED_BY: "الإجابة من {model}",
  CHANGED_MODEL: "بدأها {first} وأكملها {last}",
  CONTINUE: "متابعة",
  RETRY: "إعادة المحاولة",
  TRY_AGAIN: "محاولة أخرى",
  STOPPED: "أُوقفت الإجابة.",
  TEXT_KEPT: "النص الذي وصل محفوظ.",
  INTERRUPTED: "انقطعت الإجابة.",
  NOT_REPLACED: "لا توجد إجابة أفضل.",
  CONTINUES: "ستُستأنف تلقائيًا.",
  NO_ANSWER: "لا توجد إجابة.",
  TRY_AT: "حاول مجددًا الساعة {time}. الوقت المتبقي: {countdown}.",
  REFERENCE: "المرجع: {id}",
  KEPT_BEFORE: "ما كان هنا من قبل محفوظ.",
  RESTORE: "استعادته",
  FINISH_NOTES: {
    length: "بلغت الإجابة أقصى طول لها.",
    content_filter: "أوقف مرشح المحتوى الإجابة هنا.",
  },
  BLOCKED: "حظر مرشح المحتوى هذا السؤال، لذلك لا توجد إجابة. جرّب كلمات أخرى.",
  REPHRASE: "إعادة صياغة السؤال",

  FAILURES: {
    answer_interrupted: { what: "توقف النموذج قبل أن ينتهي.", next: "حاول مجددًا." },
    deadline_exceeded: { what: "استغرقت الإجابة وقتًا طويلًا.", next: "حاول مجددًا، أو اطرح سؤالًا أقصر." },
    device_failed: { what: "توقف النموذج على هذا الجهاز.", next: "يمكنك المحاولة مجددًا عند عودة الخدمة." },
    device_interrupted: { what: "أُغلقت الصفحة قبل أن ينتهي هذا الجهاز.", next: "يمكنك المحاولة مجددًا عند عودة الخدمة." },
    empty_reply: { what: "كانت الإجابة فارغة.", next: "حاول مجددًا، أو أعد صياغة السؤال." },
    idle_timeout: { what: "توقف وصول الإجابة.", next: "حاول مجددًا." },
    internal_error: { what: "حدث خطأ من جانبنا.", next: "حاول مجددًا بعد لحظات." },
    interrupted: { what: "انقطع الاتصال قبل اكتمال الإجابة.", next: "حاول مجددًا." },
    models_exhausted: { what: "بلغت جميع النماذج حدودها.", next: "رسالتك محفوظة. حاول مجددًا عند عودة الخدمة." },
    models_unavailable: { what: "لا يجيب أي نموذج في الوقت الحالي.", next: "رسالتك محفوظة." },
    network: { what: "تعذر الوصول إلى الخدمة.", next: "تحقق من اتصالك وحاول مجددًا." },
    offline: { what: "أنت غير متصل بالإنترنت.", next: "تحقق من اتصالك وحاول مجددًا." },
    outdated_page: { what: "لم تعد هذه الصفحة متوافقة مع الخدمة.", next: "أعد تحميلها وحاول مجددًا." },
    request_too_large: { what: "هذا النص أطول مما يمكن للخدمة معالجته دفعة واحدة.", next: "اختصر رسالتك، أو ابدأ محادثة جديدة." },
    service_misconfigured: { what: "هناك مشكلة من جانبنا.", next: "يُرجى المحاولة مجددًا لاحقًا." },
    unavailable: { what: "الخدمة غير متاحة حاليًا.", next: "حاول مجددًا بعد لحظات." },
    unconfirmed: { what: "أُغلقت الصفحة قبل أن تؤكد الخدمة هذه الرسالة.", next: "ربما أُرسلت." },
    unexpected_reply: { what: "أرسلت الخدمة شيئًا لا تستطيع هذه الصفحة قراءته.", next: "حاول مجددًا بعد لحظات." },
    visitor_rate_limited: { what: "أرسلت رسائل كثيرة في وقت قصير.", next: "انتظر قليلًا ثم حاول مجددًا." },
  },
  NO_MODEL,

  // Versions of a question, and of the answer to the same words

  QUESTION_VERSIONS: "إصدارات رسالتك",
  ANSWER_VERSIONS: "إصدارات الإجابة",
  PREVIOUS_VERSION: "الإصدار السابق",
  NEXT_VERSION: "الإصدار التالي",
  VERSION_OF: "{position} من {count}",
  VERSION_OPENED: "الإصدار {position} من {count}.",

  // The service as a whole

  SERVICE_STATUS: "حالة الخدمة",
  DOWN: "غير متاحة مؤقتًا.",
  DOWN_KEPT: "الرسائل المنتظرة محفوظة وستُرسل تلقائيًا.",
  EXPECTED_BACK: "من المتوقع أن تعود {when}. الوقت المتبقي: {countdown}.",
  TRIED_BEFORE: "سنواصل المحاولة حتى ذلك الحين.",
  TRYING_IN: "الوقت المتبقي للمحاولة التالية: {countdown}.",
  CHECKING: "نتحقق مجددًا كل 30 ثانية.",

  // Answers from the model that the visitor's browser has, while the service has none

  THIS_DEVICE: "هذا الجهاز",
  FROM_DEVICE: "من هذا الجهاز",
  DEVICE_OFFER:
    "في متصفحك نموذج لغوي صغير خاص به. يمكنه الإجابة على هذا الجهاز. اللغات: {languages}. لا يُرسل أي شيء، لكن توقّع أخطاء أكثر.",
  DEVICE_DOWNLOAD: {
    downloadable: "يُنزَّل النموذج أولًا، وقد يبلغ حجمه عدة غيغابايت.",
    downloading: "متصفحك ينزّله الآن.",
  },
  DEVICE_START: "الإجابة على هذا الجهاز",
  DEVICE_DOWNLOAD_AND_START: "التنزيل والإجابة على هذا الجهاز",
  DEVICE_DOWNLOADED: "جارٍ تنزيل النموذج: {share}",
  DEVICE_STARTING: "جارٍ تشغيل النموذج…",
  DEVICE_NOT_STARTED: "لم يعمل النموذج على هذا الجهاز.",
  DEVICE_IS_ON: "يجيب هذا الجهاز حتى تعود الخدمة.",
  DEVICE_END: "إيقاف التشغيل",

  OFFLINE: "أنت غير متصل بالإنترنت. محادثاتك ما زالت هنا، لكن الإجابات تحتاج إلى اتصال.",
  SERVICE_NOTES: {
    unknown: "لا يمكننا التحقق من الخدمة حاليًا. ما زال بإمكانك إرسال الرسائل.",
    misconfigured: "هناك مشكلة من جانبنا. يُرجى المحاولة مجددًا لاحقًا.",
    line: "تُجاب الرسائل حاليًا بحسب الدور. ستنتظر رسالتك دورها.",
  },
  NOT_STORED: "لا يحفظ هذا المتصفح محادثاتك، أو لم تعد فيه مساحة. تبقى الرسائل الجديدة حتى تغلق الصفحة. ما زال بإمكانك المحادثة.",
  OK: "حسنًا",

  // Conversations

  CONVERSATIONS: "المحادثات",
  SEARCH: "بحث",
  SEARCH_CONVERSATIONS: "البحث في المحادثات",
  NOTHING_FOUND: "لم يُعثر على شيء.",
  NO_CONVERSATIONS: "ستظهر محادثاتك هنا. وهي تبقى في هذا المتصفح.",
  UNTITLED: "بلا عنوان",
  HAS_WAITING: "في الانتظار",
  RENAME: "إعادة التسمية",
  TITLE: "العنوان",
  DELETE: "حذف",
  DELETED: "حُذفت: {title}",
  UNDO: "تراجع",

  // Files

  EXPORT_AND_IMPORT: "التصدير والاستيراد",
  EXPORT_ONE_MARKDOWN: "تصدير هذه المحادثة بتنسيق Markdown",
  EXPORT_ONE_JSON: "تصدير هذه المحادثة بتنسيق JSON",
  EXPORT_ALL_MARKDOWN: "تصدير الكل بتنسيق Markdown",
  EXPORT_ALL_JSON: "تصدير الكل بتنسيق JSON",
  IMPORT: "استيراد JSON أو Markdown",
  IMPORTED_FILE: "الملف المراد استيراده",
  IMPORTED: "المستورد: {added}.",
  ALREADY_HERE: "الموجود هنا من قبل: {known}.",
  IMPORT_PROBLEMS: {
    too_large: "هذا الملف كبير جدًا. الحد الأقصى 20 ميغابايت.",
    not_ours: "هذا ليس ملفًا من Nexus. اختر ملف JSON أو Markdown صُدّر من Nexus.",
    other_version: "صُدّر هذا الملف من إصدار آخر من Nexus ولا يمكن استيراده.",
    incomplete: "نهاية هذا الملف مفقودة. لم يُستورد أي شيء.",
    damaged: "هذا الملف تالف. لم يُستورد شيء.",
    damaged_conversation: "المحادثة رقم {position} في هذا الملف تالفة. لم يُستورد شيء.",
    twice: "يحتوي هذا الملف على محادثة مكررة. لم يُستورد شيء.",
  },
  FILE_WORDS: {
    youInVersion: "أنت (في إصدار آخر)",
    noAnswer: "*لا توجد إجابة.*",
    endings: {
      done: "",
      stopped: "*أُوقفت: هذه الإجابة غير مكتملة.*",
      failed: "*انقطعت: هذه الإجابة غير مكتملة.*",
    },
  },

  // Text

  SHOW_MORE: "عرض المزيد",
  SHOW_LESS: "عرض أقل",
  TASK_DONE: "أُنجزت",
  TASK_OPEN: "لم تُنجز",
  TABLE: "جدول",
  FORMULA: "صيغة رياضية",
  CODE: "شيفرة",
  CODE_IN: "شيفرة، {language}",
  COPY: "نسخ",
  COPY_ANSWER: "نسخ الإجابة",
  COPIED: "تم النسخ",
  NOT_COPIED: "لم يُنسخ",

  // Time

  ABOUT: "{amount} تقريبًا",
  A_MOMENT: "لحظات",
  AT_TIME: "الساعة {time}",
  DAY_AT_TIME: "{day} الساعة {time}",
  ON_DATE_AT_TIME: "{date} الساعة {time}",

  // What screen readers say when something has happened

  SENT: "أُرسلت. في انتظار الإجابة.",
  ENDINGS: {
    done: "اكتملت الإجابة.",
    queued: "رسالتك في الانتظار وستُرسل تلقائيًا.",
    stopped: "أوقفت الإجابة.",
    failed: "هناك مشكلة في الإجابة. التفاصيل في المحادثة.",
  },
  ANSWER_READY_TITLE: "الإجابة جاهزة",
  ANSWER_READY: "إجابتك جاهزة.",
  NOTIFICATIONS: {
    granted: "ستصلك إشعارات عندما تجهز إجابة وأنت خارج هذه الصفحة.",
    denied: "الإشعارات غير مسموح بها. يمكنك تغيير ذلك في إعدادات متصفحك.",
  },
  CHAT_STARTED: "محادثة جديدة.",
  CAN_SEND_AGAIN: "يمكنك إرسال الرسائل مجددًا.",
  VERSION_UNDONE: "عاد ما كان هنا من قبل.",
  BACK_ONLINE: "عاد اتصالك بالإنترنت.",
  IS_DELETED: "حُذفت المحادثة. يمكنك التراجع عن ذلك.",
  IS_RESTORED: "عادت المحادثة.",
  IS_COPIED: "تم النسخ.",
  COPY_REFUSED: "لم يسمح متصفحك بالنسخ. حدّد النص وانسخه بنفسك.",

  // Attached files

  ATTACHED_FILES: "الملفات المرفقة",
  ATTACHED_LENGTH: {
    zero: "{count} حرف",
    one: "حرف واحد",
    two: "حرفان",
    few: "{count} أحرف",
    many: "{count} حرفًا",
    other: "{count} حرف",
  },
  ATTACHED_TOTAL: "عدد الأحرف المرفقة: {characters} من {most}.",
  ATTACHED_NEEDS_WORDS: "اكتب ما تريد معرفته عنها.",
  ATTACHED_TOO_LONG: "رسالتك مع هذه الملفات طويلة جدًا. اختصرها، أو أزل ملفًا.",
  IS_ATTACHED: "أُرفق: {name}.",
  REMOVE_FILE: "إزالة {name}",
  IS_REMOVED: "أُزيل: {name}.",
  DROP_HERE: "أفلت الملفات النصية لإرفاقها.",
  CONTENTS_LOADING: "جارٍ التحميل…",
  CONTENTS_LOST: "لم تعد محتويات هذا الملف في هذا المتصفح.",
  FILE_REFUSALS: {
    binary: "{name} ليس ملفًا نصيًا. لا يمكن إرفاق غير النصوص.",
    empty: "{name} فارغ.",
    not_utf8: "{name} ليس نصًا بترميز UTF-8. احفظه بترميز UTF-8 وحاول مجددًا.",
    too_large: "{name} طويل جدًا. الحد الأقصى لأحرف جميع ملفات الرسالة معًا هو {most}.",
    too_many: "لم يُرفق {name}. الحد الأقصى لعدد ملفات الرسالة هو {files}.",
    unreadable: "تعذرت قراءة {name}.",
  },

  // Finding, copying, sharing and hearing what was said

  IS_ANSWERED: "جارٍ الإجابة…",

  SHARE: "مشاركة",
  SHARE_THIS: "مشاركة هذه المحادثة",
  SAVE_AS_PAGE: "حفظ كصفحة ويب",
  COPY_MARKDOWN: "نسخ بتنسيق Markdown",
  COPY_PLAIN: "نسخ كنص عادي",
  SEND_TO_APP: "إرسال إلى تطبيق آخر",
  NOT_SHARED: "لم يشارك متصفحك هذا. احفظ صفحة الويب وأرسلها بنفسك.",
  READ_ALOUD: "قراءة بصوت عالٍ",
  STOP_READING: "إيقاف القراءة",
  SHARED_ON: "تمت المشاركة من {name} في {date}.",
  MAY_BE_WRONG: "كتب الإجابات ذكاء اصطناعي وقد تكون خاطئة.",

  // What visitors say of an answer

  RATE: "قيّم هذه الإجابة",
  THUMBS: { up: "إجابة جيدة", down: "إجابة سيئة" },
  WHAT_WAS_WRONG: "ما الخطأ؟ يُرسل اختيارك فقط، لا النص.",
  REASONS: {
    wrong: "غير صحيحة",
    incomplete: "ناقصة",
    off_topic: "خارج الموضوع",
    too_long: "طويلة جدًا",
    unsafe: "ضارة",
    other: "شيء آخر",
  },
  RATED: "شكرًا. احتُسب تقييمك.",
  NOT_RATED: "لم يُرسل تقييمك. حاول مرة أخرى.",
  TOO_OLD_TO_RATE: "هذه الإجابة أقدم من أن تُقيَّم.",

  // The waiting room

  NEXT_IN_LINE: "الدور التالي لك.",
  NUMBER_IN_LINE: "رقمك في قائمة الانتظار هو {number}.",
  EXPECTED_ABOUT: {
    minute: {
      zero: "متوقع بعد نحو {count} دقيقة.",
      one: "متوقع بعد نحو دقيقة.",
      two: "متوقع بعد نحو دقيقتين.",
      few: "متوقع بعد نحو {count} دقائق.",
      many: "متوقع بعد نحو {count} دقيقة.",
      other: "متوقع بعد نحو {count} دقيقة.",
    },
    hour: {
      zero: "متوقع بعد نحو {count} ساعة.",
      one: "متوقع بعد نحو ساعة.",
      two: "متوقع بعد نحو ساعتين.",
      few: "متوقع بعد نحو {count} ساعات.",
      many: "متوقع بعد نحو {count} ساعة.",
      other: "متوقع بعد نحو {count} ساعة.",
    },
    day: {
      zero: "متوقع بعد نحو {count} يوم.",
      one: "متوقع بعد نحو يوم.",
      two: "متوقع بعد نحو يومين.",
      few: "متوقع بعد نحو {count} أيام.",
      many: "متوقع بعد نحو {count} يومًا.",
      other: "متوقع بعد نحو {count} يوم.",
    },
  },
  EXPECTED_IN: "الوقت المتبقي المتوقع: {countdown}.",
  EXPECTED_UNKNOWN: "لا يمكننا بعد معرفة كم سيستغرق ذلك.",
  LEAVE_LINE: "مغادرة قائمة الانتظار",
  LINE_LEFT: "غادرت قائمة الانتظار. عادت رسالتك مسودة.",
};
