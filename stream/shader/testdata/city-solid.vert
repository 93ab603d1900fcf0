#version 330 core
layout(location = 0) in vec3 a_pos;
layout(location = 1) in vec3 a_normal;
layout(location = 2) in vec4 a_colour;
layout(location = 3) in vec2 a_uv;

uniform mat4 u_view_proj;
uniform vec4 u_place; // position, seed
uniform vec2 u_turn;  // cosine and sine about y

out vec3 v_world;
out vec3 v_normal;
out vec4 v_colour;
out vec2 v_uv;

vec3 turned(vec3 p) {
	return vec3(u_turn.x * p.x + u_turn.y * p.z, p.y, u_turn.x * p.z - u_turn.y * p.x);
}

void main() {
	v_world = turned(a_pos) + u_place.xyz;
	v_normal = turned(a_normal);
	v_colour = a_colour;
	v_uv = a_uv;
	gl_Position = u_view_proj * vec4(v_world, 1.0);
}
