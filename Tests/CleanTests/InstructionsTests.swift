import Records
import Stages
import TestSupport
import Testing

@Suite struct `Instruction data` {
  private func code(_ instruction: String, _ output: String, input: String? = nil) throws -> String?
  {
    let record = Record.instruction(instruction, input: input, output: output)
    return try verdict("clean.instructions", record).reason?.code
  }

  private func dropped(_ pairs: [(String, String, String)]) throws -> Int {
    try pairs.count { try code($0.0, $0.2, input: $0.1) != nil }
  }

  @Test(.enabled(if: Shared.exists)) func `written by people stays`() throws {
    let rows = try Shared.objects("data/instruct/self_instruct_seeds/seed_tasks.jsonl")
    let seeds = rows.flatMap { row in
      (row["instances"]?.array ?? []).map {
        (row["instruction"]?.string ?? "", $0["input"]?.string ?? "", $0["output"]?.string ?? "")
      }
    }
    #expect(seeds.count == 175)
    #expect(try dropped(seeds) <= 1)
    let problems = try ["train", "test"].flatMap {
      try Shared.objects("data/instruct/gsm8k/\($0).jsonl.gz")
    }.map { ($0["question"]?.string ?? "", "", $0["answer"]?.string ?? "") }
    #expect(problems.count == 8792)
    #expect(try dropped(problems) < 88)
  }

  @Test(arguments: [
    ("I'm sorry, but I cannot assist with that request.", "refusal"),
    ("As an AI language model, I do not have feelings.", "refusal"),
    ("很抱歉，我无法回答这个问题。", "refusal"),
    ("Unfortunately, I can’t provide medical advice.", "refusal"),
    ("The heart pumps blood through the body and the", "truncated-answer"),
    ("There are three reasons. The first is that people often", "truncated-answer"),
    ("The river runs through the town, past the old mill,", "truncated-answer"),
    ("心脏是人体的重要器官。它的主要功能是推动血液在", "truncated-answer"),
    (
      "The heart is a muscle that pumps blood through all parts of the body. It beats about a hundred "
        + "thousand times on every single day. The lungs take up",
      "truncated-answer"
    ),
    ("Name three organs of the human body. The heart.", "echo"),
    ("The heart.\n### Response:\nThe lungs.", "template-residue"),
    ("The heart, the lungs and the liver.<|im_end|>", "template-residue"),
    ("[INST] The heart. [/INST]", "template-residue"), ("The heart.</s>", "template-residue"),
    ("The heart.\nHuman: And another?", "template-residue"),
    ("```python\nprint(1)\n", "unbalanced-fences"), ("{\"organs\": [\"heart\", ", "broken-json"),
    ("Here it is:\n```json\n{\"a\": }\n```", "broken-json"), (" \n", "empty-answer"),
    ("心脏、肺和肝是人体的三个器官。", "other-language"),
    (
      "Das Herz, die Lunge und die Leber sind drei Organe des menschlichen Körpers.",
      "other-language"
    ),
  ])
  func `with a planted fault goes`(answer: String, expected: String) throws {
    #expect(try code("Name three organs of the human body.", answer) == expected)
  }

  @Test(arguments: [
    "Yes", "42", "Paris", "heart, lungs, liver", "I can't wait to see you! The heart is one.",
    "- heart\n- lungs\n- liver", "| organ | side |\n|---|---|\n| heart | left |",
    "```python\nx = {\"a\": 1}\nprint(x)\n```", "{\"organs\": [\"heart\"]}", "[1, 2, 3]",
    "{\"a\": 1}\n{\"a\": 2}", "The token `<|im_end|>` ends a turn.", "We are sorry for the delay.",
    "Roses are red\nViolets are blue", "for i in range(3):\n    print(i)", "心, 肺",
    "It is a sport. It was invented by an American in 1891",
    "Skiing is fun. You can enjoy the light",
    "Cumulus, Stratus, Cirrus, Nimbostratus,", "He lives there and works a lot.,",
    "The answer is 5.\n#### 5", "~~~\ncode\n~~~",
    "````md\n```\nnested\n```\n````",
    "Quote:\n\n> ```\n> x = 1\n\nand the quote ends there.",
    "- ```python\n  x = 1\n\nThe list item ends there.",
    "1. Run it:\n\n- ```sh\n  ls\n  ```\n> ```\n> a\n> ```\nDone.",
  ])
  func `short, coded and tabular stays`(answer: String) throws {
    #expect(try code("Name three organs of the human body.", answer) == nil)
  }

  @Test func `a whole sentence of Chinese without its mark stays`() throws {
    let answer = "心脏是人体的重要器官。它的主要功能是推动血液循环"
    #expect(try code("心脏有什么作用？", answer) == nil)
  }

  @Test func `the rejected answer of a pair may be bad`() throws {
    func pair(_ chosen: String, _ rejected: String) -> Record {
      Record(
        id: "1", source: Source(file: "test", line: 1),
        content: .preference(
          Preference(
            prompt: Conversation([Message(.user, "Name an organ.")]),
            chosen: Conversation([Message(.assistant, chosen)]),
            rejected: Conversation([Message(.assistant, rejected)]))), schema: .alpaca)
    }
    let refusal = "As an AI, I cannot."
    #expect(try verdict("clean.instructions", pair("The heart.", refusal)).reason == nil)
    let reason = try verdict("clean.instructions", pair(refusal, "The heart.")).reason
    #expect(reason == Reason("refusal", ["found": "as an ai", "field": "chosen[0].content"]))
  }

  @Test func `only the chosen rules are asked`() throws {
    let record = Record.instruction("Name an organ.", output: "As an AI, I cannot.")
    #expect(try verdict("clean.instructions", record, ["rules": "json"]).reason == nil)
  }
}
