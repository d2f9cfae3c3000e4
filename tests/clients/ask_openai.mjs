// OpenAI's own client for Node.
import { answerOrders, installed, QUESTION } from "./asking.mjs";

const { OpenAI } = installed("openai");

await answerOrders(async (baseURL, stream) => {
  const client = new OpenAI({ baseURL, apiKey: "unused" });
  const messages = [{ role: "user", content: QUESTION }];
  if (!stream) {
    const answer = await client.chat.completions.create({ model: "nexus", messages });
    return answer.choices[0].message.content;
  }
  let text = "";
  for await (const chunk of await client.chat.completions.create({ model: "nexus", messages, stream })) {
    text += chunk.choices[0]?.delta.content ?? "";
  }
  return text;
});
