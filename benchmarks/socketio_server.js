// Socket.IO as its guide has it: rooms in memory, no history. `hello` names the user, `send` is
// acknowledged and told to the other of a pair, or to everybody else in a group.
const io = new (require("socket.io").Server)(Number(process.argv[2]), {
  transports: ["websocket"],
  perMessageDeflate: false,
});
io.on("connection", (socket) => {
  socket.on("hello", (user) => {
    socket.user = user;
    socket.join(user);
    socket.join("group");
    socket.emit("welcome", {});
  });
  socket.on("send", (said) => {
    socket.emit("ack", { mid: said.mid });
    if (said.conv.startsWith("g:")) {
      socket.to("group").emit("event", said);
    } else {
      const [, one, other] = said.conv.split(":");
      io.to(socket.user === one ? other : one).emit("event", said);
    }
  });
});
