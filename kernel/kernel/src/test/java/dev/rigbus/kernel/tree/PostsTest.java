package dev.rigbus.kernel.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.kernel.tree.NodeSpec.DriverSpec;
import dev.rigbus.kernel.tree.NodeSpec.GroupSpec;
import dev.rigbus.kernel.tree.Outpost.Post;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PostsTest {
    private static final UUID PLUG = UUID.randomUUID();
    private static final UUID GROUP = UUID.randomUUID();
    private static final UUID ALONE = UUID.randomUUID();
    private static final UUID ELSEWHERE = UUID.randomUUID();
    private static final DriverSpec DRIVER = new DriverSpec(
            "export.board.plug",
            "x.Plug",
            Map.of("port", 7, "deep", Map.of("list", List.of(1, "two", 3.5))),
            "a plug",
            Map.of("on", "switches it on"),
            Map.of());

    private static Posts there(List<Post> posts) {
        ExporterSpec exporter =
                new ExporterSpec("rack", null, Map.of(), null, null, new PythonSpec("/venv", List.of()));
        return Posts.of(new JsonObject(Posts.toJson(exporter, posts).encode()));
    }

    @Test
    void arrivesAsItLeft() {
        Posts posts = there(List.of(
                new Post("board.plug", PLUG, DRIVER, Map.of()),
                new Post("board", GROUP, new GroupSpec("export.board", null, Map.of()), Map.of("plug", PLUG))));
        assertThat(posts.exporter().name()).isEqualTo("rack");
        assertThat(posts.exporter().python().environment()).isEqualTo("/venv");
        assertThat(posts.exporter().export().keySet()).containsExactly("board");
        NodeSpec board = posts.exporter().export().get("board");
        NodeSpec plug = NodeSpec.children(board).get("plug");
        assertThat(plug).isEqualTo(DRIVER);
        assertThat(posts.uuids()).containsEntry(board, GROUP).containsEntry(plug, PLUG);
    }

    @Test
    void whatTwoHoldIsOneAndWhatRunsElsewhereIsNotHeldHere() {
        Posts posts = there(List.of(
                new Post("a.plug", PLUG, DRIVER, Map.of()),
                new Post("a", GROUP, new GroupSpec("a", null, Map.of()), Map.of("plug", PLUG, "far", ELSEWHERE)),
                new Post("b.c", ALONE, new GroupSpec("b.c", null, Map.of()), Map.of("again", PLUG))));
        assertThat(posts.exporter().export().keySet()).containsExactly("a", "b.c");
        NodeSpec a = posts.exporter().export().get("a");
        assertThat(NodeSpec.children(a).keySet()).containsExactly("plug");
        assertThat(NodeSpec.children(posts.exporter().export().get("b.c")).get("again"))
                .isSameAs(NodeSpec.children(a).get("plug"));
    }
}
