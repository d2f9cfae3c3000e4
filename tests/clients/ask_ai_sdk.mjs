// The AI SDK, with its provider for services that are compatible with OpenAI's.
import { answerOrders, installed, QUESTION } from "./asking.mjs";

const { createOpenAICompatible } = installed("@ai-sdk/openai-compatible");
const { generateText, streamText } = installed("ai");

await answerOrders(async (baseURL, stream) => {
  const model = createOpenAICompatible({ name: "nexus", baseURL, apiKey: "unused" })("nexus");
  if (!stream) return (await generateText({ model, prompt: QUESTION })).text;
  let text = "";
  for await (const part of streamText({ model, prompt: QUESTION, onError() {} }).fullStream) {
    if (part.type === "text-delta") text += part.text;
    if (part.type === "error") throw part.error instanceof Error ? part.error : new Error(JSON.stringify(part.error));
  }
  return text;
});
