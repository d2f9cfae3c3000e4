/** Every sentence that a visitor can read or hear, in the Portuguese of Brazil. */

/** Why no model answers, by the reason that the service gives. The status page says it too. */
export const NO_MODEL = {
  unreachable: "Nenhum modelo pode ser acessado.",
  overloaded: "Todos os modelos estão sobrecarregados.",
  errors: "Todos os modelos estão com erros internos.",
  silent: "Nenhum modelo responde a tempo.",
  set_aside: "Todos os modelos foram suspensos por um tempo.",
  line: "No momento, as mensagens são respondidas por ordem de chegada.",
};

/** @type {import("./en.js").Catalogue} */
export const catalogue = {
  LOCALE: "pt-BR",

  // Where the page cannot be

  RELOAD: "Recarregar",
  NOT_LOADED: "Esta parte da página não carregou. Verifique sua conexão e recarregue a página.",
  FRAMED: "Outro site mostra este chat dentro da própria página, por isso ele está desativado aqui.",
  OPEN_ALONE: "Abrir o chat em uma aba própria",

  // Header and settings

  SKIP: "Ir para a caixa de mensagem",
  NEW_CHAT: "Novo chat",
  SETTINGS: "Configurações",
  THEME: "Tema",
  THEME_NAMES: { system: "Sistema", light: "Claro", dark: "Escuro" },
  LANGUAGE: "Idioma",
  LANGUAGE_OF_BROWSER: "O do navegador",
  LANGUAGE_CHANGED: "Esta página agora está em português.",
  SHORTCUTS_TITLE: "Atalhos do teclado",
  SHORTCUT_NAMES: {
    send: "Enviar a mensagem",
    newLine: "Começar uma nova linha",
    stop: "Parar a resposta",
    newChat: "Começar um novo chat",
    focusMessage: "Ir para a caixa de mensagem",
    latest: "Ir para a última mensagem",
    help: "Mostrar estes atalhos",
  },
  OR: "ou",
  SINGLE_KEYS: "Usar as teclas simples {slash} e {question}",
  CLOSE: "Fechar",

  // The empty page

  WELCOME: "Em que você está pensando?",
  WELCOME_TEXT: "Pergunte o que quiser ou cole um texto para trabalhar nele.",
  PROMPTS: [
    "Explique como se forma um arco-íris, como se eu tivesse dez anos",
    "Planeje três jantares para uma semana corrida",
    "Me ajude a escrever um e-mail gentil, mas firme",
    "Compare três maneiras de aprender um idioma",
  ],
  NOT_HERE:
    "Esta conversa não está neste navegador. Ela foi excluída ou escrita em outro navegador. Para trazê-la, exporte-a lá e importe o arquivo aqui.",

  NOTICE: "Quem responde aqui é uma IA. Ela pode errar. As mensagens são processadas pelo Google.",
  LINKS: { privacy: "Privacidade", terms: "Termos", imprint: "Informações legais" },

  // Writing

  MESSAGE: "Mensagem",
  WRITE_HERE: "Sua mensagem",
  UNAVAILABLE: "Indisponível",
  ATTACH: "Anexar arquivos de texto",
  SEND: "Enviar",
  STOP: "Parar",

  // Questions

  YOU: "Você",
  EDIT: "Editar",
  EDITED_WORDS: "Seu texto",
  EDIT_STARTS_VERSION: "Uma nova versão começa aqui. O que está abaixo fica na versão atual.",
  SAVE: "Salvar",
  ASK_AGAIN: "Perguntar de novo",
  CANCEL: "Cancelar",
  WAITING: "Em espera.",
  WAITING_FOR: {
    another: "Será enviada automaticamente depois da mensagem anterior.",
    offline: "Será enviada automaticamente quando você estiver online de novo.",
    down: "Será enviada automaticamente quando o serviço voltar.",
    line: "Será enviada automaticamente quando chegar a sua vez.",
    visitor_rate_limited: "Você enviou muitas mensagens em pouco tempo. Esta será enviada automaticamente.",
    device_failed: "Este dispositivo não conseguiu responder. Será enviada automaticamente quando o serviço voltar.",
    device_too_long: "Isto é longo demais para este dispositivo. Será enviada automaticamente quando o serviço voltar.",
  },
  WAITING_ANYHOW: "Será enviada automaticamente.",
  WAITING_UNTIL: "Às {time}, em {countdown}.",
  NOTIFY_ME: "Me avisar",
  CANCEL_RESTORES: "Cancelar recupera o que estava aqui antes.",

  // Answers

  CONVERSATION: "Conversa",
  LATEST: "Ir para a última mensagem",
  PROCESSING: "Processando…",
  ABOUT_MODEL: "Sobre o modelo",
  ANSWERED_BY: "Respondido por {model}",
  CHANGED_MODEL: "Iniciada por {first}, concluída por {last}",
  CONTINUE: "Continuar",
  RETRY: "Tentar novamente",
  TRY_AGAIN: "Tentar de novo",
  STOPPED: "Interrompida por você.",
  TEXT_KEPT: "O texto recebido até aqui foi mantido.",
  INTERRUPTED: "Interrompida.",
  NOT_REPLACED: "Não há resposta melhor.",
  CONTINUES: "Ela continuará automaticamente.",
  NO_ANSWER: "Sem resposta.",
  TRY_AT: "Tente de novo às {time}, em {countdown}.",
  REFERENCE: "Referência: {id}",
  KEPT_BEFORE: "O que estava aqui antes foi mantido.",
  RESTORE: "Trazer de volta",
  FINISH_NOTES: {
    length: "A resposta atingiu o tamanho máximo.",
    content_filter: "Um filtro de conteúdo parou a resposta aqui.",
  },
  BLOCKED: "Um filtro de conteúdo bloqueou esta pergunta, por isso não há resposta. Tente com outras palavras.",
  REPHRASE: "Reformular a pergunta",

  FAILURES: {
    answer_interrupted: { what: "O modelo parou antes de terminar.", next: "Tente de novo." },
    deadline_exceeded: { what: "A resposta demorou demais.", next: "Tente de novo ou faça uma pergunta mais curta." },
    device_failed: { what: "O modelo deste dispositivo parou.", next: "Você poderá tentar de novo quando o serviço voltar." },
    device_interrupted: { what: "A página foi fechada antes de este dispositivo terminar.", next: "Você poderá tentar de novo quando o serviço voltar." },
    empty_reply: { what: "A resposta veio vazia.", next: "Tente de novo ou reformule a pergunta." },
    idle_timeout: { what: "A resposta parou de chegar.", next: "Tente de novo." },
    internal_error: { what: "Algo deu errado do nosso lado.", next: "Tente de novo em instantes." },
    interrupted: { what: "A conexão caiu antes de a resposta ficar completa.", next: "Tente de novo." },
    models_exhausted: { what: "Todos os modelos atingiram o limite.", next: "Sua mensagem está salva. Tente de novo quando o serviço voltar." },
    models_unavailable: { what: "Nenhum modelo está respondendo agora.", next: "Sua mensagem está salva." },
    network: { what: "Não foi possível acessar o serviço.", next: "Verifique sua conexão e tente de novo." },
    offline: { what: "Você está offline.", next: "Verifique sua conexão e tente de novo." },
    outdated_page: { what: "Esta página não é mais compatível com o serviço.", next: "Recarregue-a e tente de novo." },
    request_too_large: { what: "É mais texto do que o serviço consegue processar de uma vez.", next: "Encurte sua mensagem ou comece um novo chat." },
    service_misconfigured: { what: "Há um problema do nosso lado.", next: "Tente de novo mais tarde." },
    unavailable: { what: "O serviço não está disponível agora.", next: "Tente de novo em instantes." },
    unconfirmed: { what: "A página foi fechada antes de o serviço confirmar esta mensagem.", next: "Talvez ela tenha sido enviada." },
    unexpected_reply: { what: "O serviço enviou algo que esta página não consegue ler.", next: "Tente de novo em instantes." },
    visitor_rate_limited: { what: "Você enviou muitas mensagens em pouco tempo.", next: "Espere um pouco e tente de novo." },
  },
  NO_MODEL,

  // Versions of a question, and of the answer to the same words

  QUESTION_VERSIONS: "Versões da sua mensagem",
  ANSWER_VERSIONS: "Versões da resposta",
  PREVIOUS_VERSION: "Versão anterior",
  NEXT_VERSION: "Próxima versão",
  VERSION_OF: "{position} de {count}",
  VERSION_OPENED: "Versão {position} de {count}.",

  // The service as a whole

  SERVICE_STATUS: "Status do serviço",
  DOWN: "Temporariamente indisponível.",
  DOWN_KEPT: "As mensagens em espera estão salvas e serão enviadas automaticamente.",
  EXPECTED_BACK: "Volta prevista: {when}, em {countdown}.",
  TRIED_BEFORE: "Até lá, continuaremos tentando.",
  TRYING_IN: "Nova tentativa em {countdown}.",
  CHECKING: "Verificamos a cada 30 segundos.",

  // Answers from the model that the visitor's browser has, while the service has none

  THIS_DEVICE: "este dispositivo",
  FROM_DEVICE: "Deste dispositivo",
  DEVICE_OFFER:
    "Seu navegador tem um pequeno modelo de linguagem próprio. Ele pode responder neste dispositivo. Idiomas: {languages}. Nada é enviado, mas espere mais erros.",
  DEVICE_DOWNLOAD: {
    downloadable: "Primeiro é preciso baixá-lo, e ele pode ocupar vários gigabytes.",
    downloading: "Seu navegador já está baixando o modelo.",
  },
  DEVICE_START: "Responder neste dispositivo",
  DEVICE_DOWNLOAD_AND_START: "Baixar e responder neste dispositivo",
  DEVICE_DOWNLOADED: "Baixando o modelo: {share}",
  DEVICE_STARTING: "Iniciando o modelo…",
  DEVICE_NOT_STARTED: "O modelo deste dispositivo não iniciou.",
  DEVICE_IS_ON: "Este dispositivo responde até o serviço voltar.",
  DEVICE_END: "Desativar",

  OFFLINE: "Você está offline. Suas conversas continuam aqui, mas as respostas precisam de conexão.",
  SERVICE_NOTES: {
    unknown: "Não conseguimos verificar o serviço agora. Mesmo assim, você pode enviar mensagens.",
    misconfigured: "Há um problema do nosso lado. Tente de novo mais tarde.",
    line: "No momento, as mensagens são respondidas por ordem de chegada. A sua aguardará a vez.",
  },
  NOT_STORED:
    "Este navegador não está salvando suas conversas ou não tem espaço para mais. As novas mensagens duram até você fechar a página. Mesmo assim, você pode conversar.",
  OK: "OK",

  // Conversations

  CONVERSATIONS: "Conversas",
  SEARCH: "Buscar",
  SEARCH_CONVERSATIONS: "Buscar nas conversas",
  NOTHING_FOUND: "Nada encontrado.",
  NO_CONVERSATIONS: "Suas conversas vão aparecer aqui. Elas ficam neste navegador.",
  UNTITLED: "Sem título",
  HAS_WAITING: "Em espera",
  RENAME: "Renomear",
  TITLE: "Título",
  DELETE: "Excluir",
  DELETED: "Excluída: {title}",
  UNDO: "Desfazer",

  // Files

  EXPORT_AND_IMPORT: "Exportar e importar",
  EXPORT_ONE_MARKDOWN: "Exportar esta como Markdown",
  EXPORT_ONE_JSON: "Exportar esta como JSON",
  EXPORT_ALL_MARKDOWN: "Exportar todas como Markdown",
  EXPORT_ALL_JSON: "Exportar todas como JSON",
  IMPORT: "Importar JSON ou Markdown",
  IMPORTED_FILE: "Arquivo para importar",
  IMPORTED: "Importadas: {added}.",
  ALREADY_HERE: "Já estavam aqui: {known}.",
  IMPORT_PROBLEMS: {
    too_large: "Este arquivo é grande demais. O limite é de 20 MB.",
    not_ours: "Este não é um arquivo do Nexus. Escolha um arquivo JSON ou Markdown exportado do Nexus.",
    other_version: "Este arquivo foi exportado por outra versão do Nexus e não pode ser importado.",
    incomplete: "Falta o final deste arquivo. Nada foi importado.",
    damaged: "Este arquivo está danificado. Nada foi importado.",
    damaged_conversation: "A conversa {position} deste arquivo está danificada. Nada foi importado.",
    twice: "Este arquivo contém uma conversa duas vezes. Nada foi importado.",
  },
  FILE_WORDS: {
    youInVersion: "Você (em outra versão)",
    noAnswer: "*Sem resposta.*",
    endings: {
      done: "",
      stopped: "*Interrompida por você: esta resposta não está completa.*",
      failed: "*Interrompida: esta resposta não está completa.*",
    },
  },

  // Text

  SHOW_MORE: "Mostrar mais",
  SHOW_LESS: "Mostrar menos",
  TASK_DONE: "Feito",
  TASK_OPEN: "A fazer",
  TABLE: "Tabela",
  FORMULA: "Fórmula",
  CODE: "Código",
  CODE_IN: "Código, {language}",
  COPY: "Copiar",
  COPY_ANSWER: "Copiar a resposta",
  COPIED: "Copiado",
  NOT_COPIED: "Não copiado",

  // Time

  ABOUT: "cerca de {amount}",
  A_MOMENT: "um instante",
  AT_TIME: "às {time}",
  DAY_AT_TIME: "{day} às {time}",
  ON_DATE_AT_TIME: "{date} às {time}",

  // What screen readers say when something has happened

  SENT: "Enviada. Aguardando a resposta.",
  ENDINGS: {
    done: "Resposta completa.",
    queued: "Sua mensagem está em espera e será enviada automaticamente.",
    stopped: "Você parou a resposta.",
    failed: "Há um problema com a resposta. Veja os detalhes na conversa.",
  },
  ANSWER_READY_TITLE: "Resposta pronta",
  ANSWER_READY: "Sua resposta está pronta.",
  NOTIFICATIONS: {
    granted: "Avisaremos quando houver uma resposta pronta e você não estiver nesta página.",
    denied: "As notificações não são permitidas. Você pode mudar isso nas configurações do navegador.",
  },
  CHAT_STARTED: "Novo chat.",
  CAN_SEND_AGAIN: "Você já pode enviar mensagens de novo.",
  VERSION_UNDONE: "O que estava aqui antes voltou.",
  BACK_ONLINE: "Você está online de novo.",
  IS_DELETED: "Conversa excluída. Você pode desfazer isso.",
  IS_RESTORED: "A conversa voltou.",
  IS_COPIED: "Copiado.",
  COPY_REFUSED: "Seu navegador não permitiu copiar. Selecione o texto e copie você mesmo.",

  // Attached files

  ATTACHED_FILES: "Arquivos anexados",
  ATTACHED_LENGTH: { one: "{count} caractere", other: "{count} caracteres" },
  ATTACHED_TOTAL: "Anexado: {characters} de {most} caracteres.",
  ATTACHED_NEEDS_WORDS: "Escreva o que você quer saber sobre isso.",
  ATTACHED_TOO_LONG: "Sua mensagem está longa demais com estes arquivos. Encurte-a ou remova um arquivo.",
  IS_ATTACHED: "Anexado: {name}.",
  REMOVE_FILE: "Remover {name}",
  IS_REMOVED: "Removido: {name}.",
  DROP_HERE: "Solte arquivos de texto para anexá-los.",
  CONTENTS_LOADING: "Carregando…",
  CONTENTS_LOST: "O conteúdo deste arquivo não está mais neste navegador.",
  FILE_REFUSALS: {
    binary: "{name} não é um arquivo de texto. Só é possível anexar texto.",
    empty: "{name} está vazio.",
    not_utf8: "{name} não é texto UTF-8. Salve-o como UTF-8 e tente de novo.",
    too_large: "{name} é longo demais. Os arquivos de uma mensagem podem ter {most} caracteres no total.",
    too_many: "{name} não foi anexado. Uma mensagem pode ter {files} arquivos.",
    unreadable: "Não foi possível ler {name}.",
  },

  // Finding, copying, sharing and hearing what was said

  IS_ANSWERED: "Respondendo…",

  SHARE: "Compartilhar",
  SHARE_THIS: "Compartilhar esta conversa",
  SAVE_AS_PAGE: "Salvar como página da web",
  COPY_MARKDOWN: "Copiar como Markdown",
  COPY_PLAIN: "Copiar como texto simples",
  SEND_TO_APP: "Enviar para outro app",
  NOT_SHARED: "Seu navegador não compartilhou isto. Salve a página da web e envie você mesmo.",
  READ_ALOUD: "Ler em voz alta",
  STOP_READING: "Parar a leitura",
  SHARED_ON: "Compartilhada do {name} em {date}.",
  MAY_BE_WRONG: "As respostas foram escritas por uma IA e podem estar erradas.",

  // What visitors say of an answer

  RATE: "Avaliar esta resposta",
  THUMBS: { up: "Boa resposta", down: "Resposta ruim" },
  WHAT_WAS_WRONG: "O que deu errado? Só a sua escolha é enviada, não o texto.",
  REASONS: {
    wrong: "Não é verdade",
    incomplete: "Incompleta",
    off_topic: "Fora do assunto",
    too_long: "Longa demais",
    unsafe: "Prejudicial",
    other: "Outra coisa",
  },
  RATED: "Obrigado. Sua avaliação foi contada.",
  NOT_RATED: "Sua avaliação não foi enviada. Tente de novo.",
  TOO_OLD_TO_RATE: "Esta resposta é antiga demais para ser avaliada.",

  // The waiting room

  NEXT_IN_LINE: "Você é a próxima pessoa da fila.",
  NUMBER_IN_LINE: "Você é o número {number} na fila.",
  EXPECTED_ABOUT: {
    minute: { one: "Sua vez deve chegar em cerca de {count} minuto.", other: "Sua vez deve chegar em cerca de {count} minutos." },
    hour: { one: "Sua vez deve chegar em cerca de {count} hora.", other: "Sua vez deve chegar em cerca de {count} horas." },
    day: { one: "Sua vez deve chegar em cerca de {count} dia.", other: "Sua vez deve chegar em cerca de {count} dias." },
  },
  EXPECTED_IN: "Sua vez deve chegar em {countdown}.",
  EXPECTED_UNKNOWN: "Ainda não sabemos quanto tempo vai levar.",
  LEAVE_LINE: "Sair da fila",
  LINE_LEFT: "Você saiu da fila. Sua mensagem voltou a ser um rascunho.",
};
