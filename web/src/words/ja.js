/** Every sentence that a visitor can read or hear, in Japanese. */

/** Why no model answers, by the reason that the service gives. The status page says it too. */
export const NO_MODEL = {
  unreachable: "どのモデルにも接続できません。",
  overloaded: "すべてのモデルが混み合っています。",
  errors: "すべてのモデルで内部エラーが発生しています。",
  silent: "時間内に応答するモデルがありません。",
  set_aside: "すべてのモデルが一時的に停止されています。",
  line: "現在、メッセージには順番に回答しています。",
};

/** @type {import("./en.js").Catalogue} */
export const catalogue = {
  LOCALE: "ja",

  // Where the page cannot be

  RELOAD: "再読み込み",
  NOT_LOADED: "ページの一部を読み込めませんでした。接続を確認して、ページを再読み込みしてください。",
  FRAMED: "別のサイトがこのチャットを自分のページの中に表示しているため、ここでは使えません。",
  OPEN_ALONE: "チャットを新しいタブで開く",

  // Header and settings

  SKIP: "メッセージ欄に移動",
  NEW_CHAT: "新規チャット",
  SETTINGS: "設定",
  THEME: "テーマ",
  THEME_NAMES: { system: "システム", light: "ライト", dark: "ダーク" },
  LANGUAGE: "言語",
  LANGUAGE_OF_BROWSER: "ブラウザと同じ",
  LANGUAGE_CHANGED: "このページは日本語になりました。",
  SHORTCUTS_TITLE: "ショートカットキー",
  SHORTCUT_NAMES: {
    send: "メッセージを送信",
    newLine: "改行",
    stop: "回答を停止",
    newChat: "新しいチャットを始める",
    focusMessage: "メッセージ欄に移動",
    latest: "最新のメッセージに移動",
    help: "このショートカット一覧を表示",
  },
  OR: "または",
  SINGLE_KEYS: "{slash} と {question} の単独キーを使う",
  CLOSE: "閉じる",

  // The empty page

  WELCOME: "何をお手伝いしましょうか？",
  WELCOME_TEXT: "何でも質問してください。文章を貼り付けることもできます。",
  PROMPTS: [
    "虹ができる仕組みを10歳の子どもにもわかるように説明して",
    "忙しい週のための夕食を3つ考えて",
    "丁寧だけれどはっきり伝わるメールを書くのを手伝って",
    "言語を学ぶ方法を3つ比べて",
  ],
  NOT_HERE:
    "この会話はこのブラウザにありません。削除されたか、別のブラウザで書かれたものです。ここで開くには、元のブラウザでエクスポートしたファイルをインポートしてください。",

  NOTICE: "AIが回答します。間違えることがあります。メッセージはGoogleによって処理されます。",
  LINKS: { privacy: "プライバシー", terms: "利用規約", imprint: "運営者情報" },

  // Writing

  MESSAGE: "メッセージ",
  WRITE_HERE: "メッセージを入力",
  UNAVAILABLE: "利用できません",
  ATTACH: "テキストファイルを添付",
  SEND: "送信",
  STOP: "停止",

  // Questions

  YOU: "あなた",
  EDIT: "編集",
  EDITED_WORDS: "編集中の文章",
  EDIT_STARTS_VERSION: "新しいバージョンが始まります。この下の内容は今のバージョンに残ります。",
  SAVE: "保存",
  ASK_AGAIN: "もう一度質問",
  CANCEL: "キャンセル",
  WAITING: "待機中です。",
  WAITING_FOR: {
    another: "前のメッセージの後に自動で送信されます。",
    offline: "オンラインに戻ると自動で送信されます。",
    down: "サービスが再開すると自動で送信されます。",
    line: "順番が来ると自動で送信されます。",
    visitor_rate_limited: "短い時間に多くのメッセージが送信されました。このメッセージは自動で送信されます。",
    device_failed: "このデバイスでは回答できませんでした。サービスが再開すると自動で送信されます。",
    device_too_long: "このデバイスには長すぎます。サービスが再開すると自動で送信されます。",
  },
  WAITING_ANYHOW: "自動で送信されます。",
  WAITING_UNTIL: "予定：{time}（あと{countdown}）。",
  NOTIFY_ME: "通知を受け取る",
  CANCEL_RESTORES: "キャンセルすると、前の内容に戻ります。",

  // Answers

  CONVERSATION: "会話",
  LATEST: "最新のメッセージに移動",
  PROCESSING: "処理しています…",
  ABOUT_MODEL: "モデルについて",
  ANSWERED_BY: "回答：{model}",
  CHANGED_MODEL: "{first}が書き始め、{last}が書き終えました",
  CONTINUE: "続ける",
  RETRY: "再試行",
  TRY_AGAIN: "もう一度試す",
  STOPPED: "停止しました。",
  TEXT_KEPT: "ここまでの文章は残ります。",
  INTERRUPTED: "中断されました。",
  NOT_REPLACED: "より良い回答は得られませんでした。",
  CONTINUES: "自動で続きが始まります。",
  NO_ANSWER: "回答がありません。",
  TRY_AT: "{time}にもう一度お試しください（あと{countdown}）。",
  REFERENCE: "参照番号：{id}",
  KEPT_BEFORE: "前の内容は残っています。",
  RESTORE: "元に戻す",
  FINISH_NOTES: {
    length: "回答が最大の長さに達しました。",
    content_filter: "コンテンツフィルターにより、回答はここで止まりました。",
  },
  BLOCKED: "コンテンツフィルターがこの質問をブロックしたため、回答はありません。別の言い方でお試しください。",
  REPHRASE: "質問を書き換える",

  FAILURES: {
    answer_interrupted: { what: "モデルが途中で止まりました。", next: "もう一度お試しください。" },
    deadline_exceeded: { what: "回答に時間がかかりすぎました。", next: "もう一度試すか、短い質問にしてください。" },
    device_failed: { what: "このデバイスのモデルが止まりました。", next: "サービスが再開したら、もう一度お試しください。" },
    device_interrupted: { what: "このデバイスの回答が終わる前にページが閉じられました。", next: "サービスが再開したら、もう一度お試しください。" },
    empty_reply: { what: "回答が空でした。", next: "もう一度試すか、質問を書き換えてください。" },
    idle_timeout: { what: "回答が届かなくなりました。", next: "もう一度お試しください。" },
    internal_error: { what: "こちらで問題が発生しました。", next: "少し待ってから、もう一度お試しください。" },
    interrupted: { what: "回答が終わる前に接続が切れました。", next: "もう一度お試しください。" },
    models_exhausted: { what: "すべてのモデルが上限に達しました。", next: "メッセージは保存されています。サービスが再開したら、もう一度お試しください。" },
    models_unavailable: { what: "現在、回答できるモデルがありません。", next: "メッセージは保存されています。" },
    network: { what: "サービスに接続できませんでした。", next: "接続を確認して、もう一度お試しください。" },
    offline: { what: "オフラインです。", next: "接続を確認して、もう一度お試しください。" },
    outdated_page: { what: "このページは現在のサービスに対応していません。", next: "再読み込みして、もう一度お試しください。" },
    request_too_large: { what: "サービスが一度に処理できる量を超えています。", next: "メッセージを短くするか、新しいチャットを始めてください。" },
    service_misconfigured: { what: "こちらに問題があります。", next: "後でもう一度お試しください。" },
    unavailable: { what: "現在、サービスを利用できません。", next: "少し待ってから、もう一度お試しください。" },
    unconfirmed: { what: "サービスがこのメッセージを確認する前にページが閉じられました。", next: "すでに送信された可能性があります。" },
    unexpected_reply: { what: "サービスから、このページでは読み取れない応答が届きました。", next: "少し待ってから、もう一度お試しください。" },
    visitor_rate_limited: { what: "短い時間に多くのメッセージが送信されました。", next: "少し待ってから、もう一度お試しください。" },
  },
  NO_MODEL,

  // Versions of a question, and of the answer to the same words

  QUESTION_VERSIONS: "メッセージのバージョン",
  ANSWER_VERSIONS: "回答のバージョン",
  PREVIOUS_VERSION: "前のバージョン",
  NEXT_VERSION: "次のバージョン",
  VERSION_OF: "{position} / {count}",
  VERSION_OPENED: "{count}個中{position}個目のバージョンです。",

  // The service as a whole

  SERVICE_STATUS: "サービスの状態",
  DOWN: "一時的に利用できません。",
  DOWN_KEPT: "待機中のメッセージは保存され、自動で送信されます。",
  EXPECTED_BACK: "再開の見込み：{when}（あと{countdown}）。",
  TRIED_BEFORE: "それまでの間も再試行を続けます。",
  TRYING_IN: "次の再試行まで、あと{countdown}です。",
  CHECKING: "30秒ごとに確認しています。",

  // Answers from the model that the visitor's browser has, while the service has none

  THIS_DEVICE: "このデバイス",
  FROM_DEVICE: "このデバイスの回答",
  DEVICE_OFFER:
    "お使いのブラウザには小さな言語モデルがあり、このデバイスで回答できます。対応言語：{languages}。何も送信されませんが、間違いは多くなります。",
  DEVICE_DOWNLOAD: {
    downloadable: "最初にダウンロードが必要です。数ギガバイトになることがあります。",
    downloading: "ブラウザがすでにダウンロードしています。",
  },
  DEVICE_START: "このデバイスで回答",
  DEVICE_DOWNLOAD_AND_START: "ダウンロードして回答",
  DEVICE_DOWNLOADED: "モデルをダウンロードしています：{share}",
  DEVICE_STARTING: "モデルを起動しています…",
  DEVICE_NOT_STARTED: "このデバイスのモデルを起動できませんでした。",
  DEVICE_IS_ON: "サービスが再開するまで、このデバイスが回答します。",
  DEVICE_END: "オフにする",

  OFFLINE: "オフラインです。会話はそのまま見られますが、回答には接続が必要です。",
  SERVICE_NOTES: {
    unknown: "現在、サービスの状態を確認できません。メッセージは送信できます。",
    misconfigured: "こちらに問題があります。後でもう一度お試しください。",
    line: "現在、メッセージには順番に回答しています。送信したメッセージは順番を待ちます。",
  },
  NOT_STORED:
    "このブラウザに会話を保存できないか、空き容量がありません。新しいメッセージはページを閉じると消えます。チャットはそのまま使えます。",
  OK: "OK",

  // Conversations

  CONVERSATIONS: "会話",
  SEARCH: "検索",
  SEARCH_CONVERSATIONS: "会話を検索",
  NOTHING_FOUND: "見つかりませんでした。",
  NO_CONVERSATIONS: "会話はここに表示されます。このブラウザの中だけに保存されます。",
  UNTITLED: "無題",
  HAS_WAITING: "待機中",
  RENAME: "名前を変更",
  TITLE: "タイトル",
  DELETE: "削除",
  DELETED: "削除しました：{title}",
  UNDO: "元に戻す",

  // Files

  EXPORT_AND_IMPORT: "エクスポートとインポート",
  EXPORT_ONE_MARKDOWN: "この会話をMarkdownでエクスポート",
  EXPORT_ONE_JSON: "この会話をJSONでエクスポート",
  EXPORT_ALL_MARKDOWN: "すべてをMarkdownでエクスポート",
  EXPORT_ALL_JSON: "すべてをJSONでエクスポート",
  IMPORT: "JSONまたはMarkdownをインポート",
  IMPORTED_FILE: "インポートするファイル",
  IMPORTED: "インポートした会話：{added}件。",
  ALREADY_HERE: "すでにある会話：{known}件。",
  IMPORT_PROBLEMS: {
    too_large: "ファイルが大きすぎます。上限は20 MBです。",
    not_ours: "Nexusのファイルではありません。NexusからエクスポートしたJSONまたはMarkdownのファイルを選んでください。",
    other_version: "別のバージョンのNexusでエクスポートされたファイルのため、インポートできません。",
    incomplete: "このファイルの末尾が欠けています。何もインポートされませんでした。",
    damaged: "ファイルが壊れています。何もインポートされませんでした。",
    damaged_conversation: "このファイルの{position}番目の会話が壊れています。何もインポートされませんでした。",
    twice: "このファイルには同じ会話が2回含まれています。何もインポートされませんでした。",
  },
  FILE_WORDS: {
    youInVersion: "あなた（別のバージョン）",
    noAnswer: "*回答がありません。*",
    endings: {
      done: "",
      stopped: "*停止：この回答は途中までです。*",
      failed: "*中断：この回答は途中までです。*",
    },
  },

  // Text

  SHOW_MORE: "さらに表示",
  SHOW_LESS: "折りたたむ",
  TASK_DONE: "完了",
  TASK_OPEN: "未完了",
  TABLE: "表",
  FORMULA: "数式",
  CODE: "コード",
  CODE_IN: "コード（{language}）",
  COPY: "コピー",
  COPY_ANSWER: "回答をコピー",
  COPIED: "コピーしました",
  NOT_COPIED: "コピーできません",

  // Time

  ABOUT: "約{amount}",
  A_MOMENT: "わずか",
  AT_TIME: "{time}",
  DAY_AT_TIME: "{day}の{time}",
  ON_DATE_AT_TIME: "{date}の{time}",

  // What screen readers say when something has happened

  SENT: "送信しました。回答を待っています。",
  ENDINGS: {
    done: "回答が完了しました。",
    queued: "メッセージは待機中で、自動で送信されます。",
    stopped: "回答を停止しました。",
    failed: "回答に問題がありました。詳しくは会話をご覧ください。",
  },
  ANSWER_READY_TITLE: "回答が届きました",
  ANSWER_READY: "回答が届きました。",
  NOTIFICATIONS: {
    granted: "このページを離れている間に回答が届くと、通知が表示されます。",
    denied: "通知が許可されていません。ブラウザの設定で変更できます。",
  },
  CHAT_STARTED: "新しいチャットです。",
  CAN_SEND_AGAIN: "メッセージを送信できるようになりました。",
  VERSION_UNDONE: "前の内容に戻りました。",
  BACK_ONLINE: "オンラインに戻りました。",
  IS_DELETED: "会話を削除しました。元に戻すことができます。",
  IS_RESTORED: "会話を元に戻しました。",
  IS_COPIED: "コピーしました。",
  COPY_REFUSED: "ブラウザがコピーを許可しませんでした。文章を選択して、ご自分でコピーしてください。",

  // Attached files

  ATTACHED_FILES: "添付ファイル",
  ATTACHED_LENGTH: { other: "{count}文字" },
  ATTACHED_TOTAL: "添付：{most}文字中{characters}文字。",
  ATTACHED_NEEDS_WORDS: "知りたいことを書いてください。",
  ATTACHED_TOO_LONG: "ファイルを含めるとメッセージが長すぎます。短くするか、ファイルを外してください。",
  IS_ATTACHED: "添付しました：{name}。",
  REMOVE_FILE: "{name}を外す",
  IS_REMOVED: "外しました：{name}。",
  DROP_HERE: "テキストファイルをドロップして添付します。",
  CONTENTS_LOADING: "読み込んでいます…",
  CONTENTS_LOST: "このファイルの内容は、もうこのブラウザにありません。",
  FILE_REFUSALS: {
    binary: "{name}はテキストファイルではありません。添付できるのはテキストだけです。",
    empty: "{name}は空です。",
    not_utf8: "{name}はUTF-8のテキストではありません。UTF-8で保存して、もう一度お試しください。",
    too_large: "{name}は長すぎます。1つのメッセージのファイルは合わせて{most}文字までです。",
    too_many: "{name}は添付されませんでした。1つのメッセージに添付できるファイルは{files}個までです。",
    unreadable: "{name}を読み取れませんでした。",
  },

  // Finding, copying, sharing and hearing what was said

  IS_ANSWERED: "回答中…",

  SHARE: "共有",
  SHARE_THIS: "この会話を共有",
  SAVE_AS_PAGE: "ウェブページとして保存",
  COPY_MARKDOWN: "Markdownとしてコピー",
  COPY_PLAIN: "テキストとしてコピー",
  SEND_TO_APP: "別のアプリに送る",
  NOT_SHARED: "ブラウザで共有できませんでした。ウェブページを保存して、ご自分で送ってください。",
  READ_ALOUD: "読み上げる",
  STOP_READING: "読み上げを停止",
  SHARED_ON: "{date}に{name}から共有されました。",
  MAY_BE_WRONG: "回答はAIが書いたもので、間違っていることがあります。",

  // What visitors say of an answer

  RATE: "この回答を評価",
  THUMBS: { up: "良い回答", down: "良くない回答" },
  WHAT_WAS_WRONG: "どこが良くなかったですか？送られるのは選んだ項目だけで、本文は送られません。",
  REASONS: {
    wrong: "正しくない",
    incomplete: "足りない",
    off_topic: "的外れ",
    too_long: "長すぎる",
    unsafe: "有害",
    other: "その他",
  },
  RATED: "ありがとうございます。評価を受け付けました。",
  NOT_RATED: "評価を送れませんでした。もう一度お試しください。",
  TOO_OLD_TO_RATE: "この回答は古いため、評価できません。",

  // The waiting room

  NEXT_IN_LINE: "次があなたの順番です。",
  NUMBER_IN_LINE: "順番待ちの{number}番目です。",
  EXPECTED_ABOUT: {
    minute: { other: "あと約{count}分の見込みです。" },
    hour: { other: "あと約{count}時間の見込みです。" },
    day: { other: "あと約{count}日の見込みです。" },
  },
  EXPECTED_IN: "あと{countdown}の見込みです。",
  EXPECTED_UNKNOWN: "どのくらいかかるか、まだわかりません。",
  LEAVE_LINE: "順番待ちをやめる",
  LINE_LEFT: "順番待ちをやめました。メッセージは下書きに戻りました。",
};
