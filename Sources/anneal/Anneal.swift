import ArgumentParser

/// The command line.
@main
struct Anneal: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "anneal", abstract: "From raw text to a scored, fine-tuned model.")
}
