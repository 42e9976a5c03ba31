import ArgumentParser
import Pipeline
import Tensors

/// `anneal export RUN --out DIR`.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the model of a run as a folder that other programs read.",
    discussion: """
      Example: anneal export runs/medical --merge --out medical-model

      A run that trained an adapter gives the adapter in PEFT's layout; with --merge, a model in \
      Hugging Face's layout that computes the same without it. With --weights int8 linear maps are \
      8-bit integers with a scale an output, as bitsandbytes files them, and everything else has 16 \
      bits: between a quarter and a half of the bytes.
      """)

  @Argument(help: "The folder of a run, or a model's folder or name.", completion: .directory)
  var model: String

  @Option(help: ArgumentHelp("The folder of an adapter on the model.", valueName: "dir"))
  var adapter: String?

  @Flag(help: "Put the adapter's changes into the weights.")
  var merge = false

  @Flag(help: "Refuse an adapter that PEFT does not read or would compute otherwise.")
  var peft = false

  @Option(help: ArgumentHelp("How weights are filed: fp32 or int8.", valueName: "form"))
  var weights = WeightForm.fp32

  @Option(help: ArgumentHelp("The folder to write, which is not there yet.", valueName: "dir"))
  var out: String

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard merge, peft else { return }
    throw ValidationError(
      "--peft is of adapters, and --merge leaves none: leave one of them out")
  }

  func run() throws {
    let export = try ModelExport(
      model: model, adapter: adapter, merges: merge, isForPEFT: peft,
      isEightBit: weights == .int8)
    let kind = try export.write(to: out)
    common.console.say("wrote \(out): \(kind)")
  }
}
