import Records
import TextKit

/// An answer without a visible character; one that calls tools may say nothing.
struct EmptyRule: TurnRule {
  func fault(in turn: Turn) -> JSONObject? {
    let isEmpty = turn.text.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
    guard turn.isAnswer, isEmpty, !turn.hasAttributes else { return nil }
    return ["characters": .integer(turn.text.unicodeScalars.count)]
  }
}

/// An answer that declines to answer, in English, Chinese and some other languages.
struct RefusalRule: TurnRule {
  func fault(in turn: Turn) -> JSONObject? {
    guard turn.isAnswer, let found = Refusal.found(in: turn.text) else { return nil }
    return ["found": .string(found)]
  }
}

/// An answer that repeats the instruction, alone or before the answer proper.
struct EchoRule: TurnRule {
  /// An instruction of fewer words may well be how its answer begins.
  private static let leastWords = 5
  /// The same of one in Chinese or Japanese, of which each character counts as a word.
  private static let leastIdeographs = 12

  func fault(in turn: Turn) -> JSONObject? {
    guard turn.isAnswer, let instruction = turn.instruction else { return nil }
    let asked = PlainForm.words(of: instruction)
    let answered = PlainForm.words(of: turn.text)
    let isWhole = !asked.isEmpty && asked.count > 2 && asked == answered
    let ideographs = instruction.unicodeScalars.count { PlainForm.isIdeograph($0) }
    let least = ideographs * 2 > asked.count ? Self.leastIdeographs : Self.leastWords
    let isStart = asked.count >= least && answered.starts(with: asked)
    guard isWhole || isStart else { return nil }
    return ["repeated-words": .integer(asked.count), "min-words": .integer(least)]
  }
}

/// Marks that templates put between turns, left in a turn; those in code are talked about.
struct TemplateRule: TurnRule {
  private static let marks = PhraseSet([
    "### Instruction:", "### Response:", "### Input:", "### Human:", "### Assistant:", "### User:",
    "### System:", "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|begin_of_text|>",
    "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|assistant|>", "<|user|>",
    "<|system|>", "<|end|>", "<|eom_id|>", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>",
    "<start_of_turn>", "<end_of_turn>", "<｜User｜>", "<｜Assistant｜>", "[|Human|]", "[|AI|]",
    "{{instruction}}", "{{input}}", "{{response}}", "{{output}}",
    "Below is an instruction that describes a task",
  ])
  /// Marks of the ends of a text that mean something else inside one.
  private static let outer = ["<s>", "</s>", "[EOS]", "<eos>", "<bos>", "<pad>"]
  /// What a speaker's line begins with where a second speaker follows in the same turn.
  private static let speakers = ["Human:", "USER:", "ASSISTANT:", "Assistant:", "User:"]

  func fault(in turn: Turn) -> JSONObject? {
    let text = CodeSpans.removed(from: turn.text)
    if let mark = Self.marks.first(in: text)?.phrase { return found(mark) }
    let trimmed = PlainForm.trimmed(text)
    if let mark = Self.outer.first(where: { trimmed.hasPrefix($0) || trimmed.hasSuffix($0) }) {
      return found(mark)
    }
    guard turn.isAnswer, let speaker = speaker(trimmed), !asksForDialogue(turn) else { return nil }
    return found(speaker)
  }

  private static let dialogues = PhraseSet([
    "dialog", "conversation", "chat", "script", "interview", "user:", "human:", "assistant", "bot",
  ])

  /// A line of another speaker behind the first line of an answer, as models go on with.
  private func speaker(_ text: Substring) -> String? {
    let lines = text.split(separator: "\n")
    let second = lines.dropFirst().first { line in
      ["Human:", "USER:", "User:"].contains { line.hasPrefix($0) }
    }
    if let second { return String(second.prefix { $0 != " " }) }
    return Self.speakers.first { lines.first?.hasPrefix($0) == true && lines.count == 1 }
  }

  /// Whether the instruction is about a dialogue, whose lines name their speakers.
  private func asksForDialogue(_ turn: Turn) -> Bool {
    let asked = ((turn.instruction ?? "") + " " + (turn.input ?? "")).lowercased()
    return Self.dialogues.occurs(in: asked)
  }

  private func found(_ mark: String) -> JSONObject { ["found": .string(mark)] }
}
