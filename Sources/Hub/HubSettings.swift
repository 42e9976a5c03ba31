import Stages

/// Where the hub is and where its files are kept, as huggingface_hub's variables say.
package struct HubSettings: Sendable, Hashable {
  /// `HF_ENDPOINT`, else <https://huggingface.co>.
  package var endpoint: String
  /// `HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`, `HF_HOME/hub`, `~/.cache/huggingface/hub`.
  package var cache: String
  /// Files of other addresses: `ANNEAL_CACHE/downloads`, `~/.cache/anneal/downloads`.
  package var downloads: String
  /// `HF_TOKEN`, else the file `HF_TOKEN_PATH` or `HF_HOME/token`.
  package var token: String?
  /// `HF_HUB_OFFLINE`: nothing is fetched.
  package var isOffline: Bool

  /// The settings of the environment.
  package init() { self.init(environment: FilePaths.environment) }

  /// The settings of the given look-up of variables.
  package init(environment: (String) -> String?) {
    let caches = environment("XDG_CACHE_HOME") ?? (environment("HOME") ?? "/") + "/.cache"
    let home = environment("HF_HOME") ?? "\(caches)/huggingface"
    var endpoint = environment("HF_ENDPOINT") ?? "https://huggingface.co"
    while endpoint.hasSuffix("/") { endpoint.removeLast() }
    self.endpoint = endpoint
    cache =
      environment("HF_HUB_CACHE") ?? environment("HUGGINGFACE_HUB_CACHE") ?? "\(home)/hub"
    downloads = (environment("ANNEAL_CACHE") ?? "\(caches)/anneal") + "/downloads"
    let file = environment("HF_TOKEN_PATH") ?? "\(home)/token"
    token = environment("HF_TOKEN") ?? Self.line(of: file)
    let offline = environment("HF_HUB_OFFLINE")?.lowercased() ?? ""
    isOffline = ["1", "true", "yes", "on"].contains(offline)
  }

  private static func line(of path: String) -> String? {
    guard let bytes = try? FileReader.contents(path) else { return nil }
    let text = String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)
    return text.isEmpty ? nil : text
  }
}
