import Hub
import Records
import Stages
import Synchronization

/// Files on the network: data sets of the hub (`hf://datasets/…`), and http and https addresses.
enum RemoteFiles {
  /// Addresses that were asked for already: one run reads one version.
  private static let known = Mutex<[Key: [RemoteFile]]>([:])

  private struct Key: Hashable {
    let address: String
    let settings: HubSettings
    let isSample: Bool
  }

  private enum Place {
    case hub(HubRepository)
    case web(WebFile)

    func files() throws(StageError) -> [RemoteFile] {
      switch self {
      case .hub(let dataset): try dataset.files()
      case .web(let file): [try file.file()]
      }
    }
  }

  /// The files that an address names, fetched where need be; none where nothing may be fetched.
  static func files(of address: String) throws(StageError) -> [RemoteFile] {
    let key = Key(
      address: address, settings: HubSettings(), isSample: Fetching.current.isSample)
    let place = try place(address, key.settings)
    guard Fetching.current.isAllowed else {
      Fetching.current.say(
        "'\(address.withoutAddressSecrets)' is fetched when the pipeline runs")
      return []
    }
    if let files = known.withLock({ $0[key] }), files.allSatisfy({ Folders.exists($0.path) }) {
      return files
    }
    let files = try place.files()
    known.withLock { $0[key] = files }
    return files
  }

  private static func place(
    _ address: String, _ settings: HubSettings
  ) throws(StageError) -> Place {
    if let dataset = HubAddress(address) { return .hub(HubRepository(dataset, settings: settings)) }
    if ["http://", "https://"].contains(where: { address.hasPrefix($0) }) {
      return .web(try WebFile(address, settings: settings))
    }
    throw StageError(
      "remote-path", "this is no address that is read",
      source: Source(file: address.withoutAddressSecrets, line: 0),
      remedy: "write hf://datasets/OWNER/NAME, with /PATH and @REVISION where wanted, or https://…")
  }
}
