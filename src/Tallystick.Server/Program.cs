using System.CommandLine;
using Tallystick.Server.Commands;

var root = new RootCommand("Tallystick: the credit ledger for AI products.") { ServeCommand.Create() };
return await root.Parse(args).InvokeAsync();
