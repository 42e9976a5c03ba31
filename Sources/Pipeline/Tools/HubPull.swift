import Hub
import Stages

/// Fetches a model or a data set of the hub into the cache that all tools share.
public struct HubPull {
  /// Where its files lie, in the order of their names.
  public let files: [String]

  /// Fetches what is not there yet.
  ///
  /// - Parameter name: `OWNER/NAME` for a model, `hf://datasets/OWNER/NAME` for a data set, each with
  ///   `@REVISION` and `/PATH` where wanted. Without a path, a model's weights in safetensors with all
  ///   that goes with them, or the data of a data set.
  /// - Throws: `Diagnostics` where the text is no name, `StageError` where the hub does not give it.
  public init(_ name: String) throws {
    guard let address = HubAddress(name) ?? HubAddress(model: name) else {
      throw Diagnostics([
        Diagnostic(
          "'\(name)' is no name of the hub",
          remedy: "write OWNER/NAME for a model, hf://datasets/OWNER/NAME for a data set")
      ])
    }
    files = try HubRepository(address).files().map(\.path)
  }
}
