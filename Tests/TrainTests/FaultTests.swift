import Models
import Records
import Stages
import TestSupport
import Testing
import Tokenize
import Train

/// What cannot be trained says why, before anything is trained.
struct FaultTests {
  private func fault(_ records: [Record], _ json: JSONValue) throws -> String {
    let workshop = try Workshop(records)
    var message = ""
    do { try workshop.run("run", json) } catch { message = "\(error)" }
    return message
  }

  @Test func `a record without a label names its file and line`() throws {
    var records = Workshop.classified(30)
    records[3].label = nil
    records[3].source = Source(file: "a.jsonl", line: 4)
    let message = try fault(records, classification())
    #expect(message.contains("a.jsonl:4: field 'label': the record has no label"))
  }

  @Test func `a label that only validation has is named`() throws {
    var records = Workshop.classified(30)
    records[20].label = Label("nose")
    #expect(try fault(records, classification()).contains("'nose' is on no record of the training"))
  }

  @Test func `a label that only the test side has is named when the side is checked`() throws {
    var records = Workshop.classified(30)
    let workshop = try Workshop(records)
    try workshop.session("run", classification()).check(workshop.test)
    records[29].label = Label("nose")
    records[29].source = Source(file: "a.jsonl", line: 30)
    let odd = try Workshop(records)
    let session = try odd.session("run", classification())
    let error = #expect(throws: StageError.self) { try session.check(odd.test) }
    let message = error.map { "\($0)" } ?? ""
    #expect(message.contains("a.jsonl:30") && message.contains("'nose' is on no record"))
  }

  @Test func `one class is no classification`() throws {
    let message = try fault(Workshop.classified(30, classes: ["ear"]), classification())
    #expect(message.contains("only the label 'ear'"))
  }

  @Test func `scratch and architecture belong together`() throws {
    let records = Workshop.classified(30)
    #expect(
      try fault(records, classification(["architecture": nil])).contains("needs an architecture"))
    #expect(
      try fault(records, classification(["model": "bert-base"]))
        .contains("model 'bert-base' has its own architecture"))
  }

  @Test func `an adapter is no model to train on`() throws {
    let records = Workshop.classified(30)
    let workshop = try Workshop(records)
    let (result, _) = try workshop.run("run", classification(["method": "lora", "epochs": 1]))
    let message = try fault(
      records, classification(["model": .string(result.modelFolder), "architecture": nil]))
    #expect(message.contains("is an adapter") && message.contains("export RUN --merge"))
  }

  @Test func `a model that is nowhere lists the places`() throws {
    let message = try fault(
      Workshop.classified(30), ["model": "no-such-model", "epochs": 1])
    #expect(message.contains("no such model; looked at"))
  }

  @Test func `a task that an architecture does not do is refused`() throws {
    let message = try fault(Workshop.instructions(30), causal(["architecture": smallEncoder]))
    #expect(message.contains("a model of type bert does no causal language modelling"))
  }

  @Test func `heads that do not divide the width are refused`() throws {
    let message = try fault(
      Workshop.classified(30),
      classification(["architecture": ["bert": ["heads": 3, "width": 16]]]))
    #expect(message.contains("3 attention heads cannot share a width of 16"))
  }

  @Test func `a metric that the objective does not give is refused`() throws {
    let message = try fault(Workshop.instructions(30), causal(["best-metric": "f1.weighted"]))
    #expect(message.contains("f1.weighted"))
  }

  @Test func `the head alone of a causal model is refused with what to do`() throws {
    let message = try fault(Workshop.instructions(30), causal(["method": "head"]))
    #expect(message.contains("use method 'full'"))
  }

  @Test func `a loss that explodes stops the run with advice`() throws {
    let message = try fault(
      Workshop.classified(30),
      classification(["learning-rate": 1e30, "max-grad-norm": 0, "weight-decay": 1e9]))
    #expect(message.contains("lower learning-rate"))
  }

  @Test func `a conversation without an answer is refused`() throws {
    var records = Workshop.instructions(30)
    records[2].content = .conversation(Conversation([Message(.user, "w1")]))
    #expect(try fault(records, causal()).contains("no answer to learn"))
  }

  @Test(arguments: [
    ("learning_rat", "did you mean 'learning-rate'?"), ("methode", "did you mean 'method'?"),
  ])
  func `an unknown key is answered with the nearest`(key: String, expected: String) {
    let error = #expect(throws: Diagnostics.self) {
      _ = try options(classification(JSONObject([(key, 1)])))
    }
    #expect(error?.description.contains(expected) == true)
  }

  @Test(arguments: [
    "per_device_train_batch_size", "micro_batch_size", "train_batch_size", "batch_size",
  ])
  func `names of other trainers are understood`(key: String) throws {
    let read = try options(.object(JSONObject([("model", "m"), (key, 5)])))
    #expect(read.values[TrainingOptions.Keys.batchSize] == 5)
  }
}
