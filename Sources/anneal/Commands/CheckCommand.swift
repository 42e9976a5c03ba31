import ArgumentParser
import Pipeline
import Records
import Stages

/// `anneal check FILE`.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a whole pipeline file before a byte is read: every fault at once.",
    discussion: "Example: anneal check pipelines/quickstart.yaml --set train.epochs=1")

  @OptionGroup var pipeline: PipelineOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    let plan = try pipeline.plan()
    let notes = try PipelineCheck.inputs(of: plan)
    guard !common.json else {
      Output.write(JSONValue.object(plan.object).prettyText)
      return
    }
    Output.write(Self.text(plan, notes))
  }

  private static func text(_ plan: PipelinePlan, _ notes: [String]) -> String {
    var text = "\(plan.name): \(plan.steps.count) stages, in the order they run\n"
    let width = 1 + max(19, plan.steps.map(\.label.count).max() ?? 0)
    for (index, step) in plan.steps.enumerated() {
      text += "  \(index + 1)  \(step.label.padded(to: width))\(step.descriptor.summary)"
      if let memory = step.descriptor.memory { text += " Memory: \(memory)." }
      text += "\n"
    }
    for note in plan.notes + notes { text += "note: \(note)\n" }
    if let training = plan.trainingSummary { text += "then  \(training)\n" }
    for line in PipelineCheck.candidates(of: plan) { text += "\(line)\n" }
    if !plan.metrics.isEmpty {
      text += "then  evaluate \(plan.metrics.map(\.name).joined(separator: ", "))\n"
    }
    return text + "nothing is wrong\n"
  }
}
