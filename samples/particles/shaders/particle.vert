layout(location = 0) in vec4 a_pos;    // and half of its side
layout(location = 1) in vec4 a_colour; // alpha: how much it hides
layout(location = 2) in vec4 a_turn;   // cosine, sine; kind, place in the noise

uniform mat4 u_view_proj;
uniform vec3 u_right;
uniform vec3 u_up;

out vec2 v_at;
out vec2 v_noise;
out vec4 v_colour;
flat out float v_light;

// A square that faces the eye.
void main() {
	v_at = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0 - 1.0;
	vec2 p = vec2(a_turn.x * v_at.x - a_turn.y * v_at.y, a_turn.y * v_at.x + a_turn.x * v_at.y) * a_pos.w;
	v_noise = v_at * 0.21 + vec2(a_turn.w * 7.0, a_turn.w * 3.7);
	v_colour = a_colour;
	v_light = a_turn.z;
	gl_Position = u_view_proj * vec4(a_pos.xyz + u_right * p.x + u_up * p.y, 1.0);
}
