import Foundation
import Models

/// Loading the small model of the quickstart, where it is in the cache: files in the page cache.
enum ModelBenchmarks {
  /// Every benchmark of this group; none without the model.
  static func all() -> [Benchmark] {
    guard let folder = try? ModelLocator().folder(of: "all-MiniLM-L6-v2", base: nil) else {
      return []
    }
    let file = URL(filePath: folder).appending(path: "model.safetensors").path
    let bytes = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0
    return [
      Benchmark(name: "models.load.MiniLM", bytes: bytes) {
        _ = try ModelLoader.encoder(folder)
      }
    ]
  }
}
