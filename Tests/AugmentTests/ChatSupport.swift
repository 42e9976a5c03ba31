import Augment
import Records
import Stages
import Synchronization
import TestSupport
import Testing

/// A model that is a function of what it is asked last, and of the seed; it remembers what it was asked.
final class ScriptedChat: ChatModel {
  let name = "a script"
  let identity: JSONValue = "a script"
  private let answer: @Sendable (String, UInt64) -> String?
  private let asked = Mutex<[Conversation]>([])

  init(_ answer: @escaping @Sendable (String, UInt64) -> String?) { self.answer = answer }

  func answers(_ questions: [ChatQuestion]) throws -> [String?] {
    asked.withLock { $0 += questions.map(\.conversation) }
    return questions.map { answer($0.conversation.messages.last?.content ?? "", $0.seed) }
  }

  /// All that it was asked, in order.
  var conversations: [Conversation] { asked.withLock { $0 } }
  /// What each question said last.
  var questions: [String] { conversations.map { $0.messages.last?.content ?? "" } }
}

/// What a stage that asks a model makes of records.
struct ChatRun {
  let outcomes: [Outcome]

  /// Runs a stage of the family, by its name behind the dot.
  /// - Parameter isContracted: Whether children keep the contract of all augmenters, as in a run.
  init(
    _ name: String, _ records: [Record], _ parameters: [String: String] = [:],
    by chat: ScriptedChat, seed: UInt64 = 7, threads: Int = 2, isContracted: Bool = false
  ) throws {
    var values = ["model": "tiny"]
    values.merge(parameters) { $1 }
    let own = try Self.descriptor(name, chat)
    let descriptor = isContracted ? [own].keepingContract(StubModels())[0] : own
    let stage = try #require(try descriptor.stage(values) as? any CollectionStage)
    outcomes = try stage.outcomes(
      of: records, StageContext(seed: seed, stage: "augment.\(name)", threads: threads))
  }

  static func descriptor(_ name: String, _ chat: ScriptedChat) throws -> StageDescriptor {
    let stages = augmentStages(
      translators: { _ throws(Diagnostic) in throw Diagnostic("no translator") },
      chats: { _ throws(Diagnostic) in chat })
    return try #require(stages.first { $0.name == "augment.\(name)" })
  }

  /// The children of each record.
  var children: [[Record]] { outcomes.map { $0.children.map(\.record) } }

  /// Why children ended that do not keep the contract of all augmenters.
  var ended: [String] { outcomes.flatMap(\.children).compactMap { $0.refusal?.code } }

  /// What the ledger says of each record's children, or of the record that has none.
  var notes: [[JSONValue]] {
    outcomes.map { outcome in
      switch outcome {
      case .derive(_, let children): children.map(\.note)
      case .keep(_, let note): note.map { [$0] } ?? []
      default: []
      }
    }
  }

  /// What was refused of all, by reason.
  var refused: [String: Int] {
    var counts: [String: Int] = [:]
    for note in notes.joined() {
      for member in note["refused"]?.object?.members ?? [] {
        counts[member.key, default: 0] += member.value.int ?? 0
      }
    }
    return counts
  }
}

extension Record {
  /// The turns of a conversation, each as it is said.
  var turns: [String] {
    guard case .conversation(let conversation) = content else { return [] }
    return conversation.messages.map { "\($0.role.rawValue): \($0.content)" }
  }
}
