import Bitcoin
import Liveness
import Wire

/// Headers of the chain, as a node prints them.
enum HeaderChainTarget: FuzzTarget {
  static func check(_ input: [UInt8]) {
    let chain = accepted { () throws(HeaderChain.Fault) in try HeaderChain(parsing: input.text) }
    guard let chain else { return }
    let again = sure("headers that we write are read") { () throws(HeaderChain.Fault) in
      try HeaderChain(parsing: chain.text)
    }
    require(again.text == chain.text, "headers are read as they were written")
    require(chain.hash(at: chain.tipHeight) != nil, "the tip is one of them")
    require(chain.tip(at: chain.time) == chain.tipHeight, "the last clock is that of the tip")
    for height in [0, chain.firstHeight - 1, chain.tipHeight + 1] where height < chain.firstHeight {
      require(chain.hash(at: height) == nil, "no other block is known")
    }
    require(chain.tip(at: -1) == nil, "nothing was before all times")
  }
}
