import ArgumentParser
import Pipeline
import Records
import Report

/// `anneal report RUN`.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the page of a run: one self-contained HTML file; or serve a folder of runs.",
    discussion: """
      Examples:
        anneal report runs/quickstart
        anneal report --serve runs --port 8765

      With --serve, a browser on this machine sees the list of runs, the page of each, and live \
      curves of those under way, until Ctrl-C. Nothing is written. --quiet puts \
      the address alone on standard output, --json an object with it.
      """)

  @Argument(help: "The folder of a run; with --serve, a folder of runs.", completion: .directory)
  var folder: String

  @Flag(help: "Serve pages to a browser instead of writing a file.")
  var serve = false

  @Option(
    help: ArgumentHelp(
      "The port to serve on, 8765 if nothing is said; 0 picks a free one.", valueName: "n"))
  var port: Int?

  @Option(
    help: ArgumentHelp(
      "The address to serve on, 127.0.0.1 if nothing is said. Whoever reaches another one reads the "
        + "runs.", valueName: "address"))
  var host: String?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    let serving = [("--port", port != nil), ("--host", host != nil)].filter(\.1).map(\.0)
    if !serve, let option = serving.first {
      throw ValidationError("\(option) is for serving; add --serve, or leave it out")
    }
  }

  func run() throws {
    guard serve else {
      let path = try ReportPage.write(ofRunAt: folder)
      return common.console.say("wrote \(path)")
    }
    let host = host ?? "127.0.0.1"
    let server = try ReportServer(folder: folder, host: host, port: port ?? 8765)
    tell(of: server, host: host)
    Signals.endAtOnce()
    server.run()
  }

  /// Says where the list of runs is: to people, and to scripts that ask for nothing else.
  private func tell(of server: ReportServer, host: String) {
    if common.json {
      Output.write(JSONValue.object(["address": .string(server.address)]).text + "\n")
    } else if common.quiet {
      Output.write(server.address + "\n")
    }
    common.console.say("serving \(folder) at \(server.address) until Ctrl-C")
    if !host.hasPrefix("127.") {
      common.console.say("note: every machine that reaches \(host) can read these runs")
    }
  }
}
