"""Services over the network, whoever asks them: calls that end, faults told apart, a budget."""
