import Hub
import Records
import Stages
import Synchronization

/// Files on the network: data sets of the hub (`hf://datasets/…`), and http and https addresses.
enum RemoteFiles {
  /// Addresses that were asked for already: one run reads one version.
  private static let known = Mutex<[Key: [String]]>([:])

  private struct Key: Hashable {
    let address: String
    let settings: HubSettings
  }

  /// The paths on this machine of the files that an address names, fetched where need be.
  static func paths(of address: String, at source: Source) throws(StageError) -> [String] {
    let key = Key(address: address, settings: HubSettings())
    if let paths = known.withLock({ $0[key] }), paths.allSatisfy({ Folders.exists($0) }) {
      return paths
    }
    let paths = try fetch(address, key.settings, source)
    known.withLock { $0[key] = paths }
    return paths
  }

  private static func fetch(
    _ address: String, _ settings: HubSettings, _ source: Source
  ) throws(StageError) -> [String] {
    if let dataset = HubAddress(address) {
      return try HubDataset(dataset, settings: settings).files()
    }
    if ["http://", "https://"].contains(where: { address.hasPrefix($0) }) {
      return [try WebFile(address, settings: settings).path()]
    }
    throw StageError(
      "remote-path", "this is no address that is read", source: source,
      remedy: "write hf://datasets/OWNER/NAME, with /PATH and @REVISION where wanted, or https://…")
  }
}
